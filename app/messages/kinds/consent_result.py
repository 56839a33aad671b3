"""동의 처리 결과: within 14 days of a consent, its sender, fact and date, result (망법 50조⑦, 시행령 62조의2).

No promotion at all. Facts: `day` ("2026-11-23"), `granted` (list of what was agreed: "광고 문자").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    done = "수신동의" if facts.get("action", "grant") == "grant" else "수신동의 철회"
    return {"날짜": str(facts["day"]), "처리": f"{facts.get('subject', '광고성 정보(문자)')} {done}"}


KIND = Kind(
    key="consent_result",
    label="동의 처리 안내",
    is_ad=False,
    statutory=True,
    text="{날짜} {처리}가 처리되었습니다.",
    placeholders={"날짜": "2026-11-23", "처리": "광고성 정보(문자) 수신동의"},
    channels=("demo_phone", "card"),
    words=_words,
    life=timedelta(days=14),
    sentence="동의하거나 철회하시면 처리 결과를 알려 드려요",
)
