"""이메일 주소 확인: to an address somebody typed, to ask whether it is theirs. Nothing else goes there before.

Facts: `path` (the confirming page, "/s/…/email/…"). E-mail only; no promotion at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.messages.contract import Facts, Kind


def _words(facts: Facts) -> Mapping[str, str]:
    return {}


def _path(facts: Facts) -> str:
    return str(facts.get("path", "/"))


KIND = Kind(
    key="email_check",
    label="이메일 주소 확인",
    is_ad=False,
    statutory=True,
    always_on="주소를 확인하는 메일이라 늘 켜져 있어요",
    proves_address=True,
    any_hour=True,
    text=(
        "안녕하세요, {가게} 카드에 이 이메일 주소가 적혔어요. 적으신 게 맞으면 24시간 안에 아래 주소를 눌러 확인해 주세요. "
        "적은 적이 없으면 그냥 두세요. 확인하기 전에는 아무것도 더 보내지 않아요."
    ),
    # No name: whoever types somebody else's address must not have words of their own sent there.
    placeholders={"가게": "달빛커피"},
    channels=("email",),
    words=_words,
    life=timedelta(hours=24),
    sentence="이메일 주소를 적으시면 확인 메일을 보내요",
    path=_path,
    button="확인하기",
)
