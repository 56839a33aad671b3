"""The phones of who works in a shop: what becomes of a ring, senders that die, and how a phone ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.flows import (
    access,
    notify_run,
    privacy,
    restored,
    retention,
    sharing,
    staff,
    staff_push,
    voice_care,
)
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages.providers import push as provider
from app.messages.providers.push import packed
from app.shops import notification_rules as rules
from app.shops import notifying
from app.shops.models import AuditLine
from app.shops.notification_models import StaffPushSubscription
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.ringing import a_ringing_shop
from tests.flows.staff_phones import phones, ring, rings, rung_on, says
from tests.flows.test_opposite_order import until_somebody_waits
from tests.flows.test_voice import opened
from tests.messages.push_service import Phone, Service
from tests.world import Clock


@pytest.fixture
def service(app: Flask) -> Iterator[Service]:
    with a_ringing_shop(app) as running:
        yield running


@pytest.mark.parametrize(
    ("answer", "state", "code", "kept", "calls"),
    [
        (201, "sent", "", ["own"], 1),
        (404, "failed", "rejected", [], 1),
        (410, "failed", "rejected", [], 1),
        (403, "failed", "rejected", ["own"], 1),
        (429, "sent", "", ["own"], 2),
        (503, "sent", "", ["own"], 2),
        (500, "unclear", "no_answer", ["own"], 1),
        (302, "failed", "rejected", ["own"], 1),
        ("hang", "unclear", "no_answer", ["own"], 1),
    ],
)
def test_what_becomes_of_a_ring(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    answer: int | str, state: str, code: str, kept: list[str], calls: int,
) -> None:  # fmt: skip
    if answer == "hang":
        monkeypatch.setattr(provider, "_CALL_S", 0.5)
    rung_on(service, shop, shop.owner_id)
    service.answers["/own"] = answer
    opened(shop, jiwoo)
    ring()
    assert len(service.taken) == 1
    service.answers.clear()
    clock.advance(seconds=29)
    ring()
    assert len(service.taken) == 1  # a service that turned us away has its rest
    clock.advance(minutes=5)
    ring()
    assert len(service.taken) == calls
    assert rings(shop, kind="complaint") == [("complaint", state, code)]
    assert phones() == kept


def test_a_sender_that_dies_on_the_way_rings_nobody_twice(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung_on(service, shop, shop.owner_id)
    opened(shop, jiwoo)

    def dies(*_: object, **__: object) -> None:
        assert rings(shop, kind="complaint") == [("complaint", "sending", "")]  # committed before the call
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(notify_run, "_call", dies)
        with pytest.raises(KeyboardInterrupt):
            ring()
    assert ring() == {}
    clock.advance(minutes=3)
    assert ring() == {"unclear": 1}
    assert rings(shop, kind="complaint") == [("complaint", "unclear", "sender_gone")]
    assert service.taken == []
    opened(shop, jiwoo)
    assert ring() == {"sent": 1}  # what comes later rings


def test_two_workers_ring_once_and_two_taps_are_one(
    app: Flask, shop: AShop, jiwoo: ACustomer, service: Service
) -> None:
    _, session_id = rung_on(service, shop, shop.owner_id)

    def again(name: str) -> Callable[[], object]:
        return lambda: rung_on(service, shop, shop.owner_id, name, session_id=session_id)

    results = world.all_at_once(app, [again("new"), again("new")])
    assert [fault for fault in results if isinstance(fault, Exception)] == []
    assert phones() == ["new"]
    key = factories.once()
    world.all_at_once(app, [lambda: opened(shop, jiwoo, once=key)] * 2)
    results = world.all_at_once(app, [ring, ring])
    assert sum(done.get("sent", 0) for done in results) == 1
    assert len(service.taken) == 1
    noted = db.session.query(AuditLine).filter_by(shop_id=shop.id, what="phone_rings")
    assert [line.detail for line in noted] == ["on"]


Ending = Callable[[AShop, int, int], object]


def signs_out(shop: AShop, who: int, session_id: int) -> None:
    access.end_browser(shop_id=shop.id, staff_id=who, session_id=session_id, now=factories.now())


def is_signed_out(shop: AShop, who: int, session_id: int) -> None:
    staff.end_browser(shop_id=shop.id, session_id=session_id, by=shop.owner_id, now=factories.now())


def new_password(shop: AShop, who: int, _: int) -> None:
    staff.give_password(
        shop_id=shop.id, staff_id=who, login="manager01", password="달빛 아래 커피 한 잔", by=shop.owner_id,
        now=factories.now(),
    )  # fmt: skip


def leaves(shop: AShop, who: int, _: int) -> None:
    staff.end_staff(shop_id=shop.id, staff_id=who, by=shop.owner_id, now=factories.now())


def switches_off(shop: AShop, who: int, _: int) -> None:
    for phone_id in range(1, 200):  # another's number changes nothing
        staff_push.switch_off(shop_id=shop.id, staff_id=who, phone_id=phone_id, now=factories.now())


def shares(shop: AShop, who: int, session_id: int) -> None:
    sharing.turn_on(shop_id=shop.id, staff_id=who, session_id=session_id, now=factories.now())


@pytest.mark.parametrize("ending", [signs_out, is_signed_out, new_password, leaves, switches_off, shares])
def test_how_it_ends(shop: AShop, jiwoo: ACustomer, service: Service, ending: Ending) -> None:
    manager = factories.a_staff(shop, role="manager")
    factories.a_password(shop, manager)
    factories.a_pin(shop, manager)
    _, session_id = rung_on(service, shop, manager, "manager")
    rung_on(service, shop, shop.owner_id)
    voice_id = opened(shop, jiwoo, kind="question")
    says(jiwoo, voice_id)
    ending(shop, manager, session_id)
    assert phones() == ["own"]
    ring()
    assert [path for path, *_ in service.taken] == ["/own"]
    if ending is leaves:
        assert rings(shop, staff_id=manager) == []


def test_a_role_that_changed_hears_no_more(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    second = factories.a_staff(shop, role="owner")
    rung_on(service, shop, second, "second")
    opened(shop, jiwoo)
    staff.change_staff(
        shop_id=shop.id, staff_id=second, name="둘째", role="manager", by=shop.owner_id, now=factories.now()
    )
    assert ring() == {}
    assert rings(shop, staff_id=second, kind="complaint") == [("complaint", "skipped", "switched_off")]


def test_who_becomes_an_owner_hears_complaints(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    second = factories.a_staff(shop, role="manager")
    rung_on(service, shop, second, "second")
    chosen = {"shop_id": shop.id, "staff_id": second, "kinds": ["line"], "now": factories.now()}
    staff_push.choose(**chosen, role="manager")
    change = {"shop_id": shop.id, "staff_id": second, "name": "둘째", "by": shop.owner_id}
    staff.change_staff(**change, role="owner", now=factories.now())
    opened(shop, jiwoo)
    assert ring() == {"sent": 1}
    assert [path for path, *_ in service.taken] == ["/second"]
    assert rules.after_a_change(["line"], was="owner", role="manager") == "line"  # what was off stays off


def test_who_left_has_nothing_in_hand(shop: AShop, jiwoo: ACustomer, service: Service) -> None:
    alba = factories.a_staff(shop)
    rung_on(service, shop, shop.owner_id)
    voice_id = opened(shop, jiwoo, kind="question")
    voice_care.hand_over(
        shop_id=shop.id, staff_id=shop.owner_id, role="owner", voice_id=voice_id, to_staff=alba,
        now=factories.now(),
    )  # fmt: skip
    staff.end_staff(shop_id=shop.id, staff_id=alba, by=shop.owner_id, now=factories.now())
    says(jiwoo, voice_id)
    assert ring() == {"sent": 1}
    assert [path for path, *_ in service.taken] == ["/own"]


@pytest.mark.databases("postgres")
def test_who_speaks_and_who_is_taken_off_the_list_do_not_wait_in_a_circle(
    app: Flask, shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.a_staff(shop, role="owner")
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "by": shop.owner_id, "now": factories.now()}
    staff.change_staff(**own, name="봄", role="manager")  # who has a smaller number than the owner
    both, real, planned = threading.Barrier(2), notifying.plan, []

    def held_up(session: object, **facts: object) -> None:
        real(session, **facts)  # type: ignore[arg-type]
        planned.append(facts["staff_id"])
        if len(planned) == 1:
            both.wait(60)
            until_somebody_waits()

    def ends() -> None:
        both.wait(60)
        staff.end_staff(**own)

    monkeypatch.setattr(notifying, "plan", held_up)
    results = world.all_at_once(app, [lambda: opened(shop, jiwoo, kind="question"), ends])
    assert [fault for fault in results if isinstance(fault, Exception)] == []
    assert len(planned) == 2, "nobody was ended for the other one"


def test_a_number_that_is_given_again_rings_again(
    shop: AShop, jiwoo: ACustomer, minho: ACustomer, service: Service, clock: Clock
) -> None:
    rung_on(service, shop, shop.owner_id)
    opened(shop, jiwoo)
    assert ring() == {"sent": 1}
    clock.advance(hours=1)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    opened(shop, minho)  # on SQLite it has the number of the one that went with its person
    assert ring() == {"sent": 1}


def test_who_may_switch_it_on(shop: AShop, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    other, alba = factories.a_shop("달빛커피"), factories.a_staff(shop)
    _, shared_id = factories.a_shared_device(shop)
    token = factories.a_session(shop, shop.owner_id)
    session_id = factories.a_session_id(token)
    for wrong in ({"shop": other, "who": other.owner_id}, {"shop": shop, "who": alba}):
        with pytest.raises(NotHere):
            rung_on(service, wrong["shop"], wrong["who"], session_id=session_id)  # type: ignore[arg-type]
    with pytest.raises(NotHere):
        rung_on(service, shop, shop.owner_id, session_id=shared_id)
    for endpoint in ("https://evil.test/x", "http://169.254.169.254/x", "https://127.0.0.1/x", ""):
        with pytest.raises(Invalid):
            staff_push.switch_on(
                shop_id=shop.id, staff_id=shop.owner_id, session_id=session_id, endpoint=endpoint,
                p256dh=packed(Phone().point), auth="AAAAAAAAAAAAAAAAAAAAAA", master=factories.master(),
                now=factories.now(),
            )  # fmt: skip
    assert phones() == []
    rung_on(service, shop, shop.owner_id, session_id=session_id)
    new = Phone()

    def renew(was: str, session_token: str = token, endpoint: str = "") -> bool:
        return staff_push.renew(
            session_token=session_token, was=service.endpoint(was),
            endpoint=endpoint or service.endpoint("new"), p256dh=packed(new.point), auth=packed(new.auth),
            master=factories.master(), now=factories.now(),
        )  # fmt: skip

    assert not renew("else")  # who doesn't know the old one
    assert not renew("own", session_token=factories.a_session(shop, shop.owner_id))
    assert not renew("own", endpoint="https://evil.test/x")
    with monkeypatch.context() as shut:
        shut.setattr(staff_push, "write", lambda: pytest.fail("who is not signed in held up who writes"))
        assert not renew("own", session_token="x" * 22)
    (old,) = db.session.execute(db.select(StaffPushSubscription.id, StaffPushSubscription.endpoint))
    assert renew("own")
    assert phones() == ["new"]
    with write() as session:  # the old address answers "gone" in the same second
        notifying.drop_gone(session, shop_id=shop.id, gone=[tuple(old)])
    assert phones() == ["new"]


def test_a_backup_rings_nobody_and_the_old_is_forgotten(
    shop: AShop, jiwoo: ACustomer, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung_on(service, shop, shop.owner_id)
    opened(shop, jiwoo)
    monkeypatch.setattr(restored.alive, "read", lambda _: restored.alive.Mark(2**60, True))
    clock_work = db.text(
        "INSERT INTO clock_leases (name, holder, until_ms, seen_ms) VALUES ('clock', '', 0, 1)"
    )
    db.session.execute(clock_work)
    db.session.commit()
    assert restored.look(mark=None, now=clock()) == "surely"  # type: ignore[arg-type]
    assert ring() == {}
    assert rings(shop, kind="complaint") == [("complaint", "skipped", "from_a_backup")]
    clock.advance(days=91)
    retention.prune(now=clock())
    assert rings(shop) == []
    assert timedelta(days=90) == retention.RINGS
