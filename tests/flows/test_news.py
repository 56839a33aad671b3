"""News of a shop for other programs: written with what happened, signed, tried again, and ended when nobody takes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cards.rules import TooSoon
from app.extensions import db
from app.flows import news, programs, redeem
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.kit.sealing import seal
from app.programs import rules
from app.programs.models import Webhook, WebhookNews
from app.programs.rules import EVENTS, TooManyWebhooks
from app.shops import queries as shops
from app.shops.models import AuditLine
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.receiver import Receiver, receiving
from tests.world import Clock, all_at_once

SECRET = rules.SECRET_PREFIX + base64.b64encode(b"thirty-two bytes of a test, here").decode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on this machine."""
    with receiving() as found:
        yield found


def _hook(shop: AShop, receiver: Receiver, *events: str) -> int:
    """Let a shop's news go to the receiver. No owner may write such an address: it is private and plain."""
    with write() as session:
        row = Webhook(
            shop_id=shop.id,
            url=receiver.url,
            sealed=seal(factories.master(), news.PURPOSE, SECRET, bound_to=f"{shop.id}:{receiver.url}"),
            events=" ".join(events or EVENTS),
            state="on",
            made_by=shop.owner_id,
            made_at=factories.now(),
        )
        session.add(row)
        session.flush()
        news.settle(session, shop_id=shop.id)
        return row.id


def _deliver(receiver: Receiver, clock: Clock) -> dict[str, int]:
    return news.deliver(now=clock(), trusted=frozenset({receiver.origin}))


def _states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(WebhookNews.state).order_by(WebhookNews.id)))


def _row() -> Webhook:
    db.session.rollback()
    return db.session.scalars(db.select(Webhook)).one()


def test_what_happens_is_told_signed_and_without_a_name(
    clock: Clock, shop: AShop, receiver: Receiver
) -> None:
    _hook(shop, receiver)
    known = factories.a_customer(shop, name="한지우", phone="010-2345-6789")
    stamped = factories.a_stamp(shop, known.card_id)
    undo_stamp(shop_id=shop.id, staff_id=shop.owner_id, entry_id=stamped.entry_id, now=clock())
    _holder, reward_id = factories.a_reward(shop, known)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id}
    redeem.use_reward(**own, reward_id=reward_id, once=factories.once(), how="live_card", now=clock())
    written = db.session.scalars(db.select(WebhookNews).order_by(WebhookNews.id)).all()
    kinds = [each.event for each in written]
    assert kinds[:3] == ["customer.joined", "visit.created", "visit.refunded"]
    assert kinds[-1] == "reward.used"
    assert written[1].data["visit_id"] == written[2].data["visit_id"]
    _deliver(receiver, clock)
    assert {json.loads(body)["type"] for _headers, body in receiver.came} == set(EVENTS)
    for headers, body in receiver.came:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        ours = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{ours}"
        assert "한지우".encode() not in body and b"2345" not in body
    assert len(set(receiver.refs)) == len(receiver.refs)
    assert set(_states()) == {"sent", "gone"}, "stamps of other days are old news"
    assert _deliver(receiver, clock) == {}


def test_what_was_rolled_back_or_nobody_asked_for_is_not_told(
    clock: Clock, shop: AShop, jiwoo: ACustomer, other_shop: AShop, receiver: Receiver
) -> None:
    factories.a_stamp(shop, jiwoo.card_id)
    _hook(shop, receiver, "visit.created")
    factories.a_stamp(other_shop, factories.a_customer(other_shop).card_id)
    factories.a_customer(shop)
    clock.advance(minutes=2)
    with pytest.raises(TooSoon):
        factories.a_stamp(shop, jiwoo.card_id, override_reason=None)
    assert _states() == []


@pytest.mark.parametrize("manner", [500, 302, "hang_up", "endless"])
def test_what_was_not_taken_is_tried_again_under_the_same_id(
    clock: Clock, shop: AShop, minho: ACustomer, receiver: Receiver, manner: int | str
) -> None:
    _hook(shop, receiver, "visit.created")
    factories.a_stamp(shop, minho.card_id)
    receiver.manner = manner
    assert _deliver(receiver, clock) == {"failed": 1}
    assert _deliver(receiver, clock) == {}, "the address rests"
    receiver.manner = 200
    clock.advance(minutes=16)
    assert _deliver(receiver, clock) == {"sent": 1}
    assert len(receiver.came) == 2 and len(set(receiver.refs)) == 1
    assert (_row().failures, _row().failing_since) == (0, None)


def test_a_server_that_never_answers_costs_one_deadline_a_turn(
    clock: Clock, shop: AShop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "DEADLINE_S", 0.3)
    _hook(shop, receiver, "visit.created")
    for _ in range(3):
        factories.a_stamp(shop, factories.a_customer(shop).card_id)
    receiver.manner = "slow"
    assert _deliver(receiver, clock) == {"failed": 1}
    assert _states() == ["waiting"] * 3


def test_two_processes_send_each_piece_once(
    app: Flask, clock: Clock, shop: AShop, receiver: Receiver
) -> None:
    _hook(shop, receiver, "visit.created")
    for _ in range(4):
        factories.a_stamp(shop, factories.a_customer(shop).card_id)
    all_at_once(app, [lambda: _deliver(receiver, clock)] * 3)
    assert sorted(receiver.refs) == sorted(set(receiver.refs)) and len(receiver.refs) == 4


def test_after_a_day_news_is_let_go_and_after_three_the_address_is_switched_off(
    clock: Clock, shop: AShop, minho: ACustomer, receiver: Receiver
) -> None:
    webhook_id = _hook(shop, receiver, "visit.created")
    receiver.manner = 503
    factories.a_stamp(shop, minho.card_id)
    for _ in range(40):
        _deliver(receiver, clock)
        clock.advance(hours=1)
    assert _states() == ["gone"]
    assert 6 <= len(receiver.came) <= 14
    for _ in range(3):
        clock.advance(days=1)
        factories.a_stamp(shop, minho.card_id)
        _deliver(receiver, clock)
    assert _row().state == "stopped"
    uses = shops.shop_by_id(shop.id).uses.split()
    assert rules.WEBHOOK_STOPPED in uses and rules.HAS_WEBHOOKS not in uses
    noted = db.session.scalars(db.select(AuditLine.detail).where(AuditLine.what == "webhook")).all()
    assert list(noted) == ["stopped"]
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "webhook_id": webhook_id, "now": clock()}
    programs.switch_webhook(**own, is_on=True)
    receiver.manner = 200
    assert rules.WEBHOOK_STOPPED not in shops.shop_by_id(shop.id).uses
    clock.advance(days=1)
    factories.a_stamp(shop, minho.card_id)
    assert _deliver(receiver, clock) == {"sent": 1}, "what is old news is not sent again"


def test_an_address_that_is_gone_is_switched_off_at_once(
    clock: Clock, shop: AShop, minho: ACustomer, receiver: Receiver
) -> None:
    _hook(shop, receiver, "visit.created")
    receiver.manner = 410
    factories.a_stamp(shop, minho.card_id)
    _deliver(receiver, clock)
    assert _row().state == "stopped"


def test_a_private_machine_is_never_called(
    clock: Clock, shop: AShop, minho: ACustomer, receiver: Receiver
) -> None:
    _hook(shop, receiver, "visit.created")
    factories.a_stamp(shop, minho.card_id)
    assert news.deliver(now=clock()) == {"failed": 1}
    assert receiver.came == [] and _row().last_code == "unreachable"


def test_a_trial_tells_whether_it_was_taken(
    clock: Clock, shop: AShop, other_shop: AShop, receiver: Receiver
) -> None:
    webhook_id = _hook(shop, receiver)
    trusted = frozenset({receiver.origin})

    def tries(of: AShop = shop) -> bool:
        return programs.try_webhook(shop_id=of.id, webhook_id=webhook_id, now=clock(), trusted=trusted)

    assert tries()
    receiver.manner = 500
    assert not tries()
    assert _states() == ["sent", "gone"], "a trial is not tried again"
    with pytest.raises(NotHere):
        tries(other_shop)


@pytest.mark.parametrize(
    "url",
    [
        "http://pos.example.kr/news", "https://", "https://localhost/x", "https://a@pos.example.kr/", "pos.example.kr",
        "https://pos.example.kr/ x", "https://pos.example.kr:99999/", "ftp://pos.example.kr/", "https://포스.kr/",
    ],
)  # fmt: skip
def test_only_a_plain_https_address_is_taken(clock: Clock, shop: AShop, url: str) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    with pytest.raises(Invalid) as refused:
        programs.add_webhook(**own, url=url, events=["visit.created"])
    assert "url" in refused.value.fields


def test_a_shop_has_a_few_addresses_each_with_a_secret_of_its_own(
    clock: Clock, shop: AShop, other_shop: AShop
) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    places = [f"https://pos.example.kr/{number}" for number in range(rules.WEBHOOKS_MOST)]
    secrets = {programs.add_webhook(**own, url=url, events=list(EVENTS)) for url in places}
    assert len(secrets) == len(places)
    with pytest.raises(TooManyWebhooks):
        programs.add_webhook(**own, url="https://pos.example.kr/more", events=list(EVENTS))
    rows = db.session.scalars(db.select(Webhook).order_by(Webhook.id)).all()
    assert not any(secret in row.sealed for secret in secrets for row in rows)
    with pytest.raises(NotHere):
        programs.remove_webhook(
            shop_id=other_shop.id, staff_id=other_shop.owner_id, webhook_id=rows[0].id, now=clock()
        )
    for row in rows:
        programs.remove_webhook(**own, webhook_id=row.id)
    assert rules.HAS_WEBHOOKS not in shops.shop_by_id(shop.id).uses


def test_pauses_grow_and_end_within_a_day(clock: Clock) -> None:
    at = now = clock()
    tries = 0
    while (due := rules.next_try(tries=(tries := tries + 1), at=at, now=now)) is not None:
        assert due > now
        now = due
    assert timedelta(hours=12) < now - at <= timedelta(days=1) and tries < 14
