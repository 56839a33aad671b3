"""동의 처리 결과: within 14 days of a consent, its sender, fact and date, result (망법 50조⑦, 시행령 62조의2).

No promotion at all. Facts: `consent` (ads | ads_night | marketing), `granted` (False: withdrawn), `day`
("2026-11-23").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind

_SUBJECTS = {
    "ads": "광고성 정보(문자) 수신동의",
    "ads_night": "야간 광고성 정보(문자) 수신동의",
    "marketing": "개인정보 마케팅 활용 동의",
}


def _words(facts: Facts) -> Mapping[str, str]:
    subject = _SUBJECTS[facts["consent"]]
    return {"날짜": str(facts["day"]), "처리": subject if facts["granted"] else f"{subject} 철회"}


KIND = Kind(
    key="consent_result",
    label="동의 처리 안내",
    is_ad=False,
    statutory=True,
    text="{날짜} {처리}이(가) 처리되었습니다.",
    placeholders={"날짜": "2026-11-23", "처리": "광고성 정보(문자) 수신동의"},
    channels=("demo_phone", "card"),
    words=_words,
    life=timedelta(days=14),
    sentence="동의하거나 철회하시면 처리 결과를 알려 드려요",
)
