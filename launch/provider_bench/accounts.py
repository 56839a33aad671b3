"""Who may send: accounts with both providers, as their consoles would have made them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

# What one message costs (won). SOLAPI shows 20/50/200/19 in the sample of its price call.
PRICES: Mapping[str, int] = {"SMS": 20, "LMS": 50, "MMS": 200, "ATA": 19}
DAYTIME = (8 * 60, 20 * 60 + 50)


@dataclass
class Hook:
    """Where reports go, and what proves who sends them."""

    url: str = ""
    secret: str = field(default="", repr=False)


@dataclass
class Solapi:
    """An account with SOLAPI. `balance` is in won; None = it never runs out."""

    key: str
    secret: str = field(repr=False)
    senders: frozenset[str] = frozenset()  # registered 발신번호, digits
    profiles: frozenset[str] = frozenset()  # pfId of a KakaoTalk channel
    balance: float | None = None
    hook: Hook = field(default_factory=Hook)

    @property
    def name(self) -> str:
        """What its parcels are kept under."""
        return f"solapi:{self.key}"


@dataclass
class Nhn:
    """An account with NHN Cloud: SMS and KakaoTalk Bizmessage have an app key and a secret each."""

    sms_key: str
    sms_secret: str = field(repr=False)
    talk_key: str = ""
    talk_secret: str = field(default="", repr=False)
    senders: frozenset[str] = frozenset()
    profiles: frozenset[str] = frozenset()  # senderKey of a KakaoTalk channel
    unsubscribe_no: str = ""  # the 080 number, "" = that service is not joined
    # 광고 발송 제한 설정 of the console, minutes of the Korean day in which ads go out; None = not set.
    ad_minutes: tuple[int, int] | None = DAYTIME
    sms_hook: Hook = field(default_factory=Hook)
    talk_hook: Hook = field(default_factory=Hook)

    @property
    def name(self) -> str:
        """What its parcels are kept under."""
        return f"nhn:{self.sms_key}"


@dataclass
class Accounts:
    """Everybody the bench knows."""

    solapi: list[Solapi] = field(default_factory=list)
    nhn: list[Nhn] = field(default_factory=list)


def one_of_each(sender: str = "0212345678", unsubscribe_no: str = "0801234567") -> Accounts:
    """Return an account with each provider, with fixed keys: they open nothing but this bench."""
    return Accounts(
        solapi=[
            Solapi(
                key="NCSBENCH0DANGOL0",
                secret="BENCHBENCHBENCHBENCHBENCHBENCH00",
                senders=frozenset({sender}),
                profiles=frozenset({"KA01PF000000000000000000000BENCH"}),
            )
        ],
        nhn=[
            Nhn(
                sms_key="benchSmsAppKey00",
                sms_secret="benchSms",
                talk_key="benchTalkAppKey0",
                talk_secret="benchTalk",
                senders=frozenset({sender}),
                profiles=frozenset({"be4c4" * 8}),
                unsubscribe_no=unsubscribe_no,
            )
        ],
    )


def a_secret() -> str:
    """Return a random word that nobody guesses."""
    return secrets.token_urlsafe(16)
