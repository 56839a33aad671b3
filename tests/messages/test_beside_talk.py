"""What carries a message that AlimTalk does not: only a way its owner chose, and never a second time."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from app.customers.models import Customer
from app.extensions import db
from app.flows import automation, deliver
from app.flows.unit import write
from app.messages.actions import fallback
from app.messages.campaign_models import Campaign
from app.messages.models import Attempt, Automation, Message
from app.messages.way_models import TalkTemplate
from app.shops import actions as shops
from tests.messages.accounts import a_paying_shop, drain
from tests.messages.world import a_consent, a_customer, rows, thank
from tests.provider import Bench
from tests.world import Clock

KIND = "reward_ready"


def a_talking_shop(bench: Bench, clock: Clock, ways: str) -> int:
    """Make a shop that tells a full card by these ways, its text for AlimTalk approved."""
    shop = a_paying_shop(bench, clock, profile="KA01PF")
    with write() as session:
        session.add(Automation(shop_id=shop, kind=KIND, text="", ways=ways, changed_at=clock()))
        session.add(
            TalkTemplate(
                shop_id=shop, provider="solapi", kind=KIND, code="KA01TP", text="#{고객명}", state="approved",
                changed_at=clock(),
            )
        )  # fmt: skip
    return shop


def away(shop: int) -> list[tuple[str, str, str]]:
    """Return (channel, state, code) of what left, or would leave, the house."""
    return [(row.channel, row.state, row.code) for row in rows(shop_id=shop) if row.channel != "card"]


def a_failed_talk(shop: int, now: datetime, *, kind: str = KIND, cause: str = "fill:1") -> int | None:
    """Let an AlimTalk message to somebody have failed; returns what stands in for it."""
    who = a_customer(shop)
    with write() as session:
        row = Message(
            shop_id=shop, customer_id=who, kind=kind, channel="solapi_talk", cause=cause, state="failed",
            dedupe_key=f"{kind}:{cause}:solapi_talk", provider_key="k", due_at=now, not_after=now, facts={},
            created_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return fallback.as_text(session, shop_id=shop, message_id=row.id, now=now)


@pytest.mark.parametrize(
    ("ways", "kind", "follows"),
    [
        ("solapi_talk", KIND, False),
        ("", KIND, False),
        ("solapi_talk own_phone", KIND, False),
        ("solapi_talk solapi", KIND, True),
        ("solapi_talk", "consent_result", True),  # the law wants it told, and nobody chooses its ways
        ("solapi_talk", "personal_answer", True),
    ],
)
def test_a_text_costs_more_and_follows_where_texts_were_chosen(
    app: Flask, clock: Clock, bench: Bench, ways: str, kind: str, follows: bool
) -> None:
    shop = a_talking_shop(bench, clock, ways)
    assert (a_failed_talk(shop, clock(), kind=kind) is not None) is follows
    assert len(rows(shop_id=shop, channel="solapi")) == follows


@pytest.mark.parametrize(("ways", "follows"), [("solapi_talk", False), ("solapi_talk solapi", True)])
def test_a_campaign_goes_by_its_own_ways(
    app: Flask, clock: Clock, bench: Bench, ways: str, follows: bool
) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk")
    with write() as session:
        owner = shops.add_staff(session, shop_id=shop, name="김사장", role="owner", now=clock())
        made = Campaign(
            shop_id=shop, once="once", made_by=owner.id, made_at=clock(), counted=1, text="소식", ways=ways,
            send_at=clock(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        cause = f"campaign:{made.id}"
    assert (a_failed_talk(shop, clock(), cause=cause) is not None) is follows


def test_what_was_planned_before_its_kind_was_raised_goes_another_way(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk solapi")
    agreed = a_customer(shop)
    silent = a_customer(shop, "박무응", phone="+821099998888", agreed=("age14", "required"))
    left = a_customer(shop, "최거둠", phone="+821099997777")
    for number, who in enumerate((agreed, silent, left)):
        thank(shop, who, clock, f"fill:{number}", KIND)
    assert away(shop) == [("solapi_talk", "ready", "")] * 3
    automation.send_as_ad(shop_id=shop, kind=KIND, as_ad=True, now=clock())
    drain(app)
    assert away(shop)[:3] == [("solapi_talk", "suppressed", "template")] * 3
    assert [row.customer_id for row in rows(shop_id=shop, channel="solapi")] == [agreed, left], (
        "asked as an ad"
    )
    with write() as session:
        session.add(a_consent(session.get_one(Customer, left), "ads", "withdraw"))
    drain(app)
    drain(app)
    sent, refused = rows(shop_id=shop, channel="solapi")
    assert (sent.state, refused.state, refused.code) == ("sent", "suppressed", "no_consent")
    assert sent.text.startswith("(광고)한빛미용실\n")
    assert bench.taken() == [sent.provider_key]
    assert {row.state for row in rows(shop_id=shop, channel="card")} == {"sent"}


def test_only_a_chosen_way_carries_it_and_the_card_always_does(
    app: Flask, clock: Clock, bench: Bench
) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk")
    thank(shop, a_customer(shop), clock, "fill:1", KIND)
    automation.send_as_ad(shop_id=shop, kind=KIND, as_ad=True, now=clock())
    drain(app)
    assert away(shop) == [("solapi_talk", "suppressed", "template")]
    assert [row.state for row in rows(shop_id=shop, channel="card")] == ["sent"]


def test_a_text_that_is_approved_no_more_goes_another_way(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk own_phone")
    thank(shop, a_customer(shop), clock, "fill:1", KIND)
    with write() as session:
        session.query(TalkTemplate).update({"state": "stopped"})
    drain(app)
    assert away(shop) == [("solapi_talk", "suppressed", "no_template"), ("own_phone", "ready", "")]


@pytest.mark.parametrize(("outcome", "again"), [("rejected", True), ("unknown", False), ("", False)])
def test_one_that_may_have_gone_by_alimtalk_takes_no_other_way(
    app: Flask, clock: Clock, bench: Bench, outcome: str, again: bool
) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk solapi")
    thank(shop, a_customer(shop), clock, "fill:1", KIND)
    (row,) = rows(shop_id=shop, channel="solapi_talk")
    with write() as session:
        tried = {"shop_id": shop, "message_id": row.id, "fence": 0, "started_at": clock()}
        session.add(Attempt(**tried, outcome=outcome))
        session.get_one(Message, row.id).tries = 1
    automation.send_as_ad(shop_id=shop, kind=KIND, as_ad=True, now=clock())
    drain(app)
    assert len(rows(shop_id=shop, channel="solapi")) == again


def test_two_workers_give_one_other_way(app: Flask, clock: Clock, bench: Bench) -> None:
    shop = a_talking_shop(bench, clock, "solapi_talk solapi own_phone")
    thank(shop, a_customer(shop), clock, "fill:1", KIND)
    automation.send_as_ad(shop_id=shop, kind=KIND, as_ad=True, now=clock())
    holds = deliver.claim_due(now=clock())
    for _ in range(2):  # the first one's lease ran out, it only did not notice
        deliver.send(holds, wire=app.config["WIRE"], clock=clock)
    db.session.rollback()
    assert [way for way, _state, _code in away(shop)] == ["solapi_talk", "solapi"]
