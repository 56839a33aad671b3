"""2년마다 동의 확인: before each second anniversary of a consent to ads, its sender, fact and date, and how to keep
or withdraw it (망법 50조⑧, 시행령 62조의3).

No promotion at all. Facts: `kinds` (those of one day: ads | ads_night | ads_email | ads_push), `consented` ("2024-11-23"),
`keeps` (who says nothing keeps it), `answer_by` ("2026-11-23"), `token`. Cause: the first of these consents and the year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.messages.contract import AUTOMATIC_NOTICE_WAYS, Facts, Kind

_SUBJECTS = {
    "ads": "광고 문자",
    "ads_night": "밤 광고 문자",
    "ads_email": "광고 이메일",
    "ads_push": "광고 알림",
}


def _words(facts: Facts) -> Mapping[str, str]:
    given = date.fromisoformat(facts["consented"])
    if facts.get("keeps", True):
        how = "계속 받으시려면 따로 하실 일이 없고, 그만 받으시려면 아래에서 철회해 주세요."
    else:
        until = date.fromisoformat(facts["answer_by"])
        how = f"계속 받으시려면 {until.month}월 {until.day}일 전까지 아래에서 알려 주세요. 답이 없으시면 그만 보내 드려요."
    return {
        "날짜": f"{given.year}년 {given.month}월 {given.day}일",
        "동의": ", ".join(_SUBJECTS.get(kind, "광고") for kind in facts.get("kinds", ("ads",))),
        "안내": how,
    }


def _still_wanted(facts: Facts) -> bool:
    return not facts.get("taken_back", False)


def _path(facts: Facts) -> str:
    return f"/o/{facts['token']}/consent"


KIND = Kind(
    key="reconsent",
    label="2년마다 동의 확인",
    is_ad=False,
    statutory=True,
    must_reach=True,
    text="{날짜}에 {동의} 수신에 동의하셨습니다. {안내}",
    placeholders={
        "날짜": "2024년 11월 23일",
        "동의": "광고 문자",
        "안내": "계속 받으시려면 따로 하실 일이 없고, 그만 받으시려면 아래에서 철회해 주세요.",
    },
    channels=AUTOMATIC_NOTICE_WAYS,
    words=_words,
    life=timedelta(days=30),
    sentence="광고에 동의하신 지 2년이 되기 한 달 전에 다시 알려 드려요",
    path=_path,
    button="동의 확인하기",
    still_wanted=_still_wanted,
)
