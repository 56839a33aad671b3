"""What the machine has found, step by step: bugs in cards that were one with another; two were the paper's own."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flask import Flask

from tests.flows.ledger_machine import RULES
from tests.flows.test_ledger_machine import Everything
from tests.world import Clock

Steps = list[tuple[str, dict[str, Any]]]
# Points from before anything ended, spent when nothing ends any more.
SPENT_AND_ENDS_NO_MORE: Steps = [
    ("open", {"first": RULES[1]}),
    ("stamp", {"amount": 12990, "who": 1}),
    ("promise", {"promised": RULES[4]}),
    ("give", {"stamps": 3, "who": 1}),
    ("promise", {"promised": RULES[1]}),
    ("give", {"stamps": 5, "who": 1}),
    ("spend", {"who": 1, "wanted": 129}),
]
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
    "a card on which nothing ends met one on which something does": [
        ("open", {"first": RULES[1]}),
        ("promise", {"promised": RULES[4]}),
        ("give", {"stamps": 9, "who": 1}),
        ("stamp", {"amount": None, "who": 1}),
        ("stamp", {"amount": None, "who": 0}),
        ("merge_and_part", {"kept": 0}),
    ],
    "an amount is put right by what the card promised then": [  # paper of cards that were one had forgotten it
        ("open", {"first": RULES[4]}),
        ("merge", {"kept": 0}),
        ("promise", {"promised": RULES[3]}),
        ("give", {"stamps": 4, "who": 0}),
        ("stamp", {"amount": 0, "who": 0}),
        ("put_amount", {"pick": 0, "typed": "50000"}),
    ],
    "a visit goes on with its own points": [  # which the paper of cards that were one had forgotten
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 1}),
        ("stamp", {"amount": 0, "who": 1}),
        ("merge", {"kept": 0}),
        ("undo", {"pick": 0, "later": 20}),
        ("part", {}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "a card filled by both is opened by the parting with its own ends": [
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 4, "who": 0}),
        ("give", {"stamps": 3, "who": 1}),
        ("promise", {"promised": RULES[4]}),
        ("give", {"stamps": 4, "who": 0}),
        ("stamp", {"amount": None, "who": 0}),
        ("merge_and_part", {"kept": 0}),
    ],
    "a card that a merge filled leaves no lot of the one that would have followed": [
        ("open", {"first": RULES[1]}),
        ("give", {"stamps": 3, "who": 0}),
        ("give", {"stamps": 2, "who": 1}),
        ("promise", {"promised": RULES[4]}),
        ("merge_and_part", {"kept": 0}),
    ],
    "two cards filled by one merge are opened with their own ends": [
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 5, "who": 1}),
        ("wait", {"days": 12}),
        ("give", {"stamps": 5, "who": 0}),
        ("promise", {"promised": RULES[3]}),
        ("merge_and_part", {"kept": 0}),
    ],
    "what was taken back while they were one does not end as well": [
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 3, "who": 1}),
        ("wait", {"days": 12}),
        ("merge", {"kept": 0}),
        ("undo", {"pick": 0, "later": 0}),
        ("wait", {"days": 12}),
        ("wait", {"days": 12}),
        ("part", {}),
    ],
    "what filled a card while they were one and would have ended by now is nobody's": [  # the paper wanted it back
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 3, "who": 1}),
        ("wait", {"days": 12}),
        ("merge", {"kept": 0}),
        ("give", {"stamps": 3, "who": 0}),
        ("wait", {"days": 12}),
        ("wait", {"days": 12}),
        ("part", {}),
    ],
    "a full card of one is opened for what was taken back of the other": [
        ("open", {"first": RULES[0]}),
        ("give", {"stamps": 4, "who": 1}),
        ("give", {"stamps": 3, "who": 0}),
        ("merge", {"kept": 0}),
        ("undo", {"pick": 0, "later": 0}),
        ("part", {}),
    ],
    "and the other way round": [
        ("open", {"first": RULES[0]}),
        ("give", {"stamps": 4, "who": 0}),
        ("give", {"stamps": 3, "who": 1}),
        ("merge", {"kept": 0}),
        ("undo", {"pick": 0, "later": 0}),
        ("part", {}),
    ],
    "an older card that is opened holds more than this one promises for": [  # no merge is needed for that
        ("open", {"first": RULES[2]}),
        ("give", {"stamps": 5, "who": 0}),
        ("promise", {"promised": RULES[0]}),
        ("give", {"stamps": 1, "who": 0}),
        ("give", {"stamps": 3, "who": 0}),
        ("use", {"pick": 3}),
        ("undo", {"pick": 2, "later": 0}),
    ],
    "both stamped at one visit, and the purchase is refunded after the parting": [
        ("open", {"first": RULES[1]}),
        ("stamp", {"amount": None, "who": 0}),
        ("merge", {"kept": 1}),
        ("stamp", {"amount": 0, "who": 0}),
        ("part", {}),
        ("give", {"stamps": 3, "who": 0}),
        ("refund", {"pick": 0}),
    ],
    "both stamped at one visit, and each is taken back after the parting": [
        ("open", {"first": RULES[2]}),
        ("stamp", {"amount": 4500, "who": 0}),
        ("merge", {"kept": 1}),
        ("stamp", {"amount": 4500, "who": 0}),
        ("part", {}),
        ("undo", {"pick": 0, "later": 0}),
        ("undo", {"pick": 0, "later": 0}),
    ],
    "one stamping brought the same stage of two cards": [
        ("open", {"first": RULES[1]}),
        ("give", {"stamps": 6, "who": 0}),
        ("merge_and_part", {"kept": 1}),
    ],
    "one stamping brought the same stage of two cards, and one was taken back": [
        ("open", {"first": RULES[1]}),
        ("give", {"stamps": 6, "who": 0}),
        ("use", {"pick": 0}),
        ("undo", {"pick": 0, "later": 0}),
        ("give", {"stamps": 4, "who": 1}),
        ("merge_and_part", {"kept": 1}),
    ],
    "what a card owed before is not paid by the parting": [
        ("open", {"first": RULES[1]}),
        ("give", {"stamps": 4, "who": 0}),
        ("use", {"pick": 1}),
        ("undo", {"pick": 0, "later": 0}),
        ("undo_use", {"pick": 0}),
        ("give", {"stamps": 1, "who": 1}),
        ("merge_and_part", {"kept": 0}),
        ("merge", {"kept": 0}),
        ("give", {"stamps": 9, "who": 0}),
        ("part", {}),
    ],
    "a stage of a later card that was given back stays": [
        ("open", {"first": RULES[1]}),
        ("give", {"stamps": 6, "who": 0}),
        ("use", {"pick": 2}),
        ("undo", {"pick": 0, "later": 0}),
        ("undo_use", {"pick": 0}),
        ("give", {"stamps": 1, "who": 1}),
        ("merge_and_part", {"kept": 0}),
    ],
    "a card filled by what never ends is opened by the parting": [
        ("open", {"first": RULES[1]}),
        ("promise", {"promised": RULES[4]}),
        ("give", {"stamps": 4, "who": 0}),
        ("give", {"stamps": 3, "who": 0}),
        ("give", {"stamps": 2, "who": 1}),
        ("merge_and_part", {"kept": 0}),
    ],
    "of a card on which nothing ends any more no old lot comes along": [
        *SPENT_AND_ENDS_NO_MORE,
        ("promise", {"promised": RULES[4]}),
        ("give", {"stamps": 4, "who": 0}),
        ("stamp", {"amount": None, "who": 0}),
        ("merge_and_part", {"kept": 0}),
        ("merge", {"kept": 0}),
        ("part", {}),
    ],
}


@pytest.mark.parametrize("name", FOUND)
def test_it_stays_found(app: Flask, clock: Clock, name: str) -> None:
    _go(clock, FOUND[name]).teardown()


def test_what_comes_onto_a_card_on_which_nothing_ends_ends_as_before(app: Flask, clock: Clock) -> None:
    state = _go(
        clock,
        [
            *SPENT_AND_ENDS_NO_MORE,
            ("promise", {"promised": RULES[4]}),
            ("give", {"stamps": 4, "who": 0}),
            ("stamp", {"amount": None, "who": 0}),
            ("merge_and_part", {"kept": 1}),
            ("merge", {"kept": 1}),
            ("wait", {"days": 33}),
            ("wait", {"days": 12}),
            ("night", {}),
        ],
    )
    assert state._held(1) == (0, 0)
    state.teardown()


def test_what_had_ended_and_was_taken_back_while_they_were_one_is_owed_by_nobody(
    app: Flask, clock: Clock
) -> None:
    state = _go(
        clock,
        [
            ("open", {"first": RULES[2]}),
            ("give", {"stamps": 3, "who": 1}),
            ("wait", {"days": 12}),
            ("merge", {"kept": 0}),
            ("wait", {"days": 12}),
            ("wait", {"days": 12}),
            ("night", {}),
            ("undo", {"pick": 0, "later": 0}),
            ("part", {}),
        ],
    )
    assert state._held(0) == state._held(1) == (0, 0)
    state.teardown()


@pytest.mark.parametrize("amount", [None, 4500])
def test_what_is_taken_back_of_one_leaves_the_others_ends(
    app: Flask, clock: Clock, amount: int | None
) -> None:
    state = _go(
        clock,
        [
            ("open", {"first": RULES[2]}),
            ("stamp", {"amount": amount, "who": 1}),
            ("give", {"stamps": 7, "who": 1}),
            ("wait", {"days": 12}),
            ("stamp", {"amount": amount, "who": 0}),
            ("give", {"stamps": 2, "who": 0}),
        ],
    )
    ends = state._ends_of(0)
    for step, facts in [("merge", {"kept": 0}), ("undo", {"pick": 1}), ("undo", {"pick": 0}), ("part", {})]:
        getattr(state, step)(**facts, **({"later": 0} if step == "undo" else {}))
        state.what_was_one_is_whole()
    assert state._held(1) == (0, 0)
    assert state._ends_of(0) == ends
    state.teardown()


def test_what_was_put_right_and_ended_while_they_were_one_is_nobodys(app: Flask, clock: Clock) -> None:
    state = _go(
        clock,
        [
            ("open", {"first": RULES[2]}),
            ("wait", {"days": 95}),  # a month from here on has 28 days
            ("stamp", {"amount": 4500, "who": 1}),
            ("stamp", {"amount": None, "who": 0}),
            ("merge", {"kept": 0}),
            ("put_amount", {"pick": 0, "typed": "12990"}),
            *[("wait", {"days": days}) for days in (12, 12, 1, 1, 1, 1, 1)],
            ("night", {}),
            ("part", {}),
        ],
    )
    assert state._held(0) == state._held(1) == (0, 0)
    state.teardown()


def test_an_amount_put_right_while_they_were_one_ends_as_its_stamp(app: Flask, clock: Clock) -> None:
    state = _go(
        clock,
        [
            ("open", {"first": RULES[2]}),
            ("stamp", {"amount": 4500, "who": 1}),
            ("merge", {"kept": 0}),
            ("put_amount", {"pick": 0, "typed": "12990"}),
            ("part", {}),
        ],
    )
    ends = state._ends_of(1)
    assert len(ends) == sum(state._held(1))
    assert max(end for _unit, end in ends) < math.inf
    state.teardown()


def _go(clock: Clock, steps: Steps) -> Everything:
    Everything.clock = clock
    state = Everything()
    for step, facts in steps:
        getattr(state, step)(**facts)
        state.the_product_says_what_paper_says()
        state.what_was_one_is_whole()
    return state
