"""The races of a busy counter across two processes, each with its own connections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.cards.models import Reward
from app.extensions import db
from config import ROOT
from launch import kinship
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.launch.product import clean_env

Work = tuple[str, dict[str, Any]]
Race = Callable[[list[Work]], list[dict[str, Any]]]


@contextmanager
def _till(data: Path, database_url: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.till", str(data), database_url],
        cwd=ROOT,
        env=clean_env(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _tell(till: subprocess.Popen[str], line: str) -> None:
    assert till.stdin is not None
    till.stdin.write(line + "\n")
    till.stdin.flush()


def _hear(till: subprocess.Popen[str]) -> str:
    assert till.stdout is not None
    return till.stdout.readline()


@pytest.fixture(scope="module")
def two_tills(_rooms: Callable[[str], dict[str, Any]], db_kind: str, data_dir: Path) -> Iterator[Race]:
    """Do works in two processes, every other one in each, all let go together; returns what became of them."""
    url = _rooms(db_kind)["env"]["DATABASE_URL"]
    with _till(data_dir, url) as one, _till(data_dir, url) as two:

        def race(works: list[Work]) -> list[dict[str, Any]]:
            db.session.rollback()
            _tell(one, json.dumps(works[::2]))
            _tell(two, json.dumps(works[1::2]))
            assert (_hear(one), _hear(two)) == ("ready\n", "ready\n")
            _tell(one, "go")
            _tell(two, "go")
            return [*json.loads(_hear(one)), *json.loads(_hear(two))]

        yield race


def _facts(shop: AShop, **facts: Any) -> dict[str, Any]:
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now().isoformat(), **facts}


def _fresh(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert [each for each in found if "failed" in each] == []
    return [each for each in found if each.get("repeated") is False]


def test_fifty_scans_of_one_code_are_one_stamp(
    two_tills: Race, app: Flask, shop: AShop, minho: ACustomer
) -> None:
    work: Work = ("give", _facts(shop, how="scan", code=factories.a_code(minho)))
    found = two_tills([work] * 50)
    assert len(_fresh(found)) == 1
    assert {each["refused"] for each in found if "refused" in each} <= {"already_used"}
    assert (books.stamps_on(minho.card_id), books.codes_spent(minho.card_id)) == (1, 1)
    books.check(shop)


def test_fifty_different_steps_are_five_rewards_and_an_empty_card(two_tills: Race, app: Flask) -> None:
    shop = factories.a_shop(goal=10, **factories.no_limits())
    holder = factories.a_customer(shop)
    works: list[Work] = []
    for step in range(50):
        moment = world.START + timedelta(seconds=30 * step)
        code = factories.a_code(holder, at=moment)
        works.append(("give", _facts(shop, how="scan", code=code) | {"now": moment.isoformat()}))
    found = two_tills(works)
    assert len(_fresh(found)) == 50
    assert sum(each["filled"] for each in found) == 5
    rewards = db.session.scalar(db.select(db.func.count(Reward.id)).where(Reward.card_id == holder.card_id))
    assert (rewards, factories.a_card(holder.card_id).balance) == (5, 0)
    books.check(shop)


def test_twenty_uses_are_one(two_tills: Race, app: Flask, shop: AShop) -> None:
    _holder, reward_id = factories.a_reward(shop)
    found = two_tills([("use_reward", _facts(shop, reward_id=reward_id, how="live_card"))] * 20)
    assert len(_fresh(found)) == 1
    assert [each.get("refused") for each in found].count("reward_gone") == 19
    books.check(shop)


def test_a_claim_approved_twice_is_one_stamp(two_tills: Race, app: Flask, shop: AShop) -> None:
    people = [factories.a_customer(shop) for _ in range(10)]
    claims = [factories.a_claim(shop, who).claim_id for who in people]
    works: list[Work] = [
        ("approve", _facts(shop, claim_id=claim_id)) for claim_id in claims for _ in range(2)
    ]
    found = two_tills(works)
    assert len(_fresh(found)) == 10
    assert all("refused" not in each for each in found), "the second gets the first one's answer"
    assert [books.stamps_on(who.card_id) for who in people] == [1] * 10
    books.check(shop)


def test_the_tills_really_are_processes_with_the_same_books(two_tills: Race, app: Flask, shop: AShop) -> None:
    """The harness itself: both halves are done, and both wrote into this database."""
    people = [factories.a_customer(shop) for _ in range(4)]
    works: list[Work] = [("give", _facts(shop, how="digits", card_id=who.card_id)) for who in people]
    assert [each["balance"] for each in two_tills(works)] == [1] * 4
    books.check(shop)
