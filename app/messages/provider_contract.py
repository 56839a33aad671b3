"""What a provider of texts must offer, so that a shop can bring its own account. One new file each; the registry
finds it, and the owner's screen draws its form from it.

It sends over the channel of the same key (channels/solapi.py); here is what the account itself needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.messages.contract import Account, Wire


@dataclass(frozen=True, slots=True)
class KeyField:
    """Something of the account that an owner copies from the provider's site."""

    name: str
    label: str  # as that site calls it
    hint: str
    looks_like: re.Pattern[str]
    wrong: str  # said when it does not look like it
    is_secret: bool = True  # drawn as a password, and never shown again


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account has left, in won, and what it pays: None where the provider did not say."""

    balance: int | None = None
    prices: Mapping[str, int] | None = None  # sms, lms, mms, talk
    trouble: str = ""  # a key of account_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Where a text stands at Kakao. state: written | asked | approved | refused, "" when nobody could say."""

    code: str = ""
    state: str = ""
    words: str = ""  # the inspectors'
    text: str = ""  # as it lies there
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class OptOut:
    """Somebody called the account's free 080 number."""

    phone: str  # E.164
    at: datetime


class Provider(Protocol):
    """A company that carries texts for a fee. A module of the folder with these names is one."""

    KEY: str  # of the provider and of its channel of plain texts
    LABEL: str
    SITE: str  # where its console is
    FIELDS: tuple[KeyField, ...]  # the first one is the public half: only its end is shown
    PROFILE: KeyField | None  # the Kakao profile, where it carries AlimTalk
    STEPS: tuple[str, ...]  # how to get there, in the owner's words

    def standing(self, account: Account, wire: Wire) -> Standing:
        """Ask what the account has left and what it pays."""

    def ask_approval(
        self,
        account: Account,
        *,
        name: str,
        text: str,
        button: str,
        link: str,
        about: Sequence[str],
        wire: Wire,
    ) -> Inspection:
        """Lay a text before Kakao's inspectors. `about`: words of the category it belongs to, best first."""

    def inspect(self, account: Account, *, code: str, wire: Wire) -> Inspection:
        """Ask for the inspection of a text that is registered already."""

    def approval(self, account: Account, *, code: str, wire: Wire) -> Inspection:
        """Ask where a text stands."""

    def opt_outs(self, account: Account, *, since: datetime, wire: Wire) -> list[OptOut] | None:
        """Return who refused ads by the account's 080 number since a moment; None when it could not be asked."""
