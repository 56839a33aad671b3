"""What the machine has found, step by step: each of these was a bug in a card that was one with another."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.flows.ledger_machine import RULES
from tests.flows.test_ledger_machine import Everything
from tests.world import Clock

Steps = list[tuple[str, dict[str, Any]]]
FOUND: dict[str, Steps] = {
    "a spending is undone on the card it went into": [
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("spend", {"who": 1, "wanted": 40}),
        ("merge", {"kept": 0}),
        ("undo_spend", {"pick": 0}),
        ("part", {}),
    ],
    "an amount is put right there, and undone after the parting": [
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("merge", {"kept": 0}),
        ("put_amount", {"pick": 0, "typed": "12990"}),
        ("part", {}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "a refund finds what was spent before": [
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("spend", {"who": 1, "wanted": 40}),
        ("merge", {"kept": 0}),
        ("refund", {"pick": 0}),
        ("part", {}),
    ],
    "a spending of what was the other one's is undone after the parting": [
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("wait", {"days": 1}),
        ("stamp", {"amount": 12990, "who": 0}),
        ("merge", {"kept": 0}),
        ("spend", {"who": 0, "wanted": 250}),
        ("part", {}),
        ("undo_spend", {"pick": 0}),
    ],
    "a full card is opened while they are one": [
        ("open", {"first": RULES[0]}),
        ("give", {"stamps": 5, "who": 1}),
        ("merge", {"kept": 0}),
        ("undo", {"pick": 0, "later": 0}),
        ("part", {}),
        ("give", {"stamps": 2, "who": 1}),
    ],
    "a correction that has ended is not taken twice": [
        ("open", {"first": RULES[3]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("put_amount", {"pick": 0, "typed": "12990"}),
        ("wait", {"days": 33}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "another rule, another end": [
        ("open", {"first": RULES[4]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("wait", {"days": 33}),
        ("promise", {"promised": RULES[2]}),
        ("put_amount", {"pick": 0, "typed": "12990"}),
        ("wait", {"days": 12}),
        ("undo", {"pick": 0, "later": 20}),
    ],
    "a reward is used while they are one": [
        ("open", {"first": RULES[0]}),
        ("give", {"stamps": 2, "who": 1}),
        ("give", {"stamps": 2, "who": 0}),
        ("merge", {"kept": 0}),
        ("use_of_one", {"pick": 0}),
        ("part", {}),
        ("give", {"stamps": 2, "who": 1}),
        ("undo", {"pick": 0, "later": 0}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "expired between": [
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 4, "who": 1}),
        ("give", {"stamps": 1, "who": 0}),
        ("merge", {"kept": 1}),
        ("wait", {"days": 33}),
        ("night", {}),
        ("give", {"stamps": 1, "who": 0}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "an ended stage is not lost by a merge": [
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 5, "who": 0}),
        ("give", {"stamps": 9, "who": 1}),
        ("wait", {"days": 95}),
        ("give", {"stamps": 9, "who": 1}),
        ("merge_and_part", {"kept": 0}),
    ],
}


@pytest.mark.parametrize("name", FOUND)
def test_it_stays_found(app: Flask, clock: Clock, name: str) -> None:
    Everything.clock = clock
    state = Everything()
    for step, facts in FOUND[name]:
        getattr(state, step)(**facts)
        state.the_product_says_what_paper_says()
        state.what_was_one_is_whole()
    state.teardown()
