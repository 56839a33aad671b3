"""동의 처리 결과: within 14 days of a consent, its sender, fact and date, result (망법 50조⑦, 시행령 62조의2).

No promotion at all. Facts: `consent` (ads | ads_night | ads_email | ads_push | marketing), `granted` (False: withdrawn),
`silent` (it ended without an answer to the two-yearly question), `day` ("2026-11-23").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.messages.contract import AUTOMATIC_NOTICE_WAYS, Facts, Kind

_SUBJECTS = {
    "ads": "광고 문자 수신",
    "ads_night": "밤 광고 문자 수신",
    "ads_email": "광고 이메일 수신",
    "ads_push": "광고 알림 수신",
    "marketing": "개인정보 마케팅 활용",
}


def _words(facts: Facts) -> Mapping[str, str]:
    subject = _SUBJECTS[facts["consent"]]
    day = date.fromisoformat(facts["day"])
    did = f"{subject}에 동의하셨어요" if facts["granted"] else f"{subject} 동의를 철회하셨어요"
    if facts.get("silent"):
        did = f"2년마다 여쭙는 {subject} 동의에 답이 없으셔서 더는 보내지 않아요"
    return {"날짜": f"{day.month}월 {day.day}일", "처리": did}


KIND = Kind(
    key="consent_result",
    label="동의 처리 안내",
    is_ad=False,
    statutory=True,
    must_reach=True,
    text="{날짜}, {처리}. 처리를 마쳤어요.",
    placeholders={"날짜": "11월 23일", "처리": "광고 문자 수신에 동의하셨어요"},
    channels=AUTOMATIC_NOTICE_WAYS,
    words=_words,
    life=timedelta(days=14),
    sentence="동의하거나 철회하시면 처리 결과를 알려 드려요",
)
