"""What a message costs: by the form it takes, and the account's own prices before ours. Pure.

Our own numbers are what a provider's public price list said without a contract, VAT excluded, and only stand in
until the account was asked for its own. Amounts are in won.
"""

from __future__ import annotations

from app.messages.contract import Account

SMS, LMS, MMS, TALK = "sms", "lms", "mms", "talk"
DEFAULTS = {SMS: 20, LMS: 50, MMS: 200, TALK: 19}


def price_of(account: Account | None, form: str) -> int:
    """Return what one message of a form costs with an account, in won. Raises KeyError for an unknown form."""
    said = account.settings.get("prices") if account is not None else None
    own = said.get(form) if isinstance(said, dict) else None
    if isinstance(own, int | float) and not isinstance(own, bool) and own >= 0:
        return -int(-own // 1)  # some providers count tenths of a won: never less than it costs
    return DEFAULTS[form]
