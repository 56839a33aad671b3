"""Letters of several shops: each goes over the account of its own. What the channels of every provider share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from app.messages.contract import Account, Letter, Outcome, Rejected

NO_ACCOUNT = Rejected("the shop has no account that is on", retry_after_s=60.0, is_try=False)


def send(
    batch: Sequence[Letter], of_one: Callable[[Account, Sequence[Letter]], Sequence[Outcome]]
) -> list[Outcome]:
    """Let `of_one` hand over the letters of one account after the other; one outcome each, in the batch's order."""
    outcomes: list[Outcome] = []
    for _, group in groupby(batch, key=lambda letter: letter.account and letter.account.shop_id):
        letters = list(group)
        account = letters[0].account
        outcomes += [NO_ACCOUNT for _ in letters] if account is None else of_one(account, letters)
    return outcomes
