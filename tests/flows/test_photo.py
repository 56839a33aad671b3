"""Photos of a review: five of them, each once, written anew by whoever gets to it, gone when they should be."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.extensions import db, files_dir
from app.flows import photo, privacy
from app.flows.photo import AskClosed, PickedTooOften, TooMany
from app.flows.unit import write
from app.kit import images
from app.kit.files import Place
from app.kit.images import BadImage, Made
from app.kit.refusals import NotHere
from app.reviews import photos as reads
from app.reviews.actions import photos as actions
from app.reviews.models import Photo
from app.reviews.photos import INCOMING, KINDS, LARGE, SMALL
from tests import asks, factories
from tests.asks import AnAsk, a_jpeg, a_review, an_ask, pick, the_photo
from tests.factories import ACustomer, AShop
from tests.kit import hostile
from tests.world import Clock, all_at_once


@pytest.fixture
def ask(shop: AShop, jiwoo: ACustomer) -> AnAsk:
    """지우 may say how it was."""
    return an_ask(shop, jiwoo)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Answer at once instead of starting a process; tells with how many transactions open each was made."""
    seen: list[int] = []

    def remake(source: Path, desk: Path) -> Made:
        with open(source, "rb"):
            seen.append(int(db.session().in_transaction()))
        for name in ("large", "small"):
            (desk / name).write_bytes(b"RIFF")
        return Made(desk / "large", desk / "small", 40, 30)

    monkeypatch.setattr(images, "remake", remake)
    return seen


def lies(ask: AnAsk, ref: str) -> set[str]:
    """Return which files of a photo there are."""
    return {kind for kind in KINDS if Place(kind, ask.shop_id, ref).below(files_dir()).exists()}


def make(ref: str, clock: Clock) -> str:
    """Let a worker get to a photo."""
    row = the_photo(ref)
    assert row is not None
    return photo.make(shop_id=row.shop_id, photo_id=row.id, clock=clock)


def states(ask: AnAsk) -> list[str]:
    db.session.rollback()
    return [line.state for line in reads.photos_of_ask(ask.shop_id, ask.id)]


def test_a_photo_is_picked_and_made_ready(ask: AnAsk, clock: Clock) -> None:
    ref = pick(ask)
    assert (states(ask), lies(ask, ref)) == (["waiting"], {INCOMING})
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    (line,) = reads.photos_of_ask(ask.shop_id, ask.id)
    assert (line.ref, line.state, line.width, line.height, line.reason) == (ref, "ready", 120, 90, "")
    assert lies(ask, ref) == {LARGE, SMALL}
    assert reads.waiting_photos(clock()) == []
    assert photo.make_waiting(clock=clock) == {}


def test_what_only_begins_like_a_photo_is_refused_with_its_reason(ask: AnAsk, clock: Clock) -> None:
    ref = pick(ask, hostile.encoded(size=(900, 900))[:3000])
    assert photo.make_waiting(clock=clock) == {"refused": 1}
    (line,) = reads.photos_of_ask(ask.shop_id, ask.id)
    assert (line.state, line.reason) == ("refused", "사진이 온전하지 않아요. 다시 골라 주세요.")
    assert lies(ask, ref) == set()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("what", ["nothing", "a text named .jpg", "16 MB of zeros", "SVG with a script"])
def test_what_is_no_photo_is_refused_at_once(ask: AnAsk, what: str) -> None:
    with pytest.raises(BadImage):
        pick(ask, hostile.REFUSED[what][0]())
    assert states(ask) == []


def test_the_same_photo_twice_is_one(ask: AnAsk, app: Flask, clock: Clock) -> None:
    first = pick(ask)
    assert pick(ask) == first
    refs = all_at_once(app, [lambda: pick(ask, a_jpeg(7)) for _ in range(4)])
    assert len(set(refs)) == 1
    assert states(ask) == ["waiting"] * 2
    kept = Place(INCOMING, ask.shop_id, first).below(files_dir()).parent
    assert {first, refs[0]} <= set(os.listdir(kept))


def test_a_refused_photo_picked_again_gets_another_chance(ask: AnAsk, quick: list[int], clock: Clock) -> None:
    ref = pick(ask)
    with write() as session:
        session.query(Photo).update({"state": "refused", "reason": "x"})
    again = pick(ask)
    assert again != ref
    assert states(ask) == ["waiting"]


def test_a_sixth_is_refused_and_a_dropped_one_makes_room(ask: AnAsk) -> None:
    refs = [pick(ask, a_jpeg(n)) for n in range(5)]
    with pytest.raises(TooMany):
        pick(ask, a_jpeg(5))
    assert pick(ask, a_jpeg(2)) == refs[2]
    assert photo.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, ref=refs[0])
    assert not photo.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, ref=refs[0])
    assert lies(ask, refs[0]) == set()
    pick(ask, a_jpeg(5))
    assert states(ask) == ["waiting"] * 5


def test_of_many_at_once_five_are_kept(ask: AnAsk, app: Flask) -> None:
    for n in range(3):
        pick(ask, a_jpeg(n))
    results = all_at_once(app, [lambda n=n: pick(ask, a_jpeg(10 + n)) for n in range(6)])
    assert [type(one) for one in results].count(TooMany) == 4
    assert states(ask) == ["waiting"] * 5


def test_who_picks_and_takes_back_without_end_comes_to_an_end(
    ask: AnAsk, app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo, "MOST_PICKED", 4)
    taken_back = pick(ask)
    assert photo.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, ref=taken_back)
    pick(ask, a_jpeg(1))
    with write() as session:
        session.query(Photo).update({"state": "refused"})
    kept = pick(ask, a_jpeg(2))
    lying = Place(INCOMING, ask.shop_id, kept).below(files_dir()).parent
    before = set(os.listdir(lying))
    results = all_at_once(app, [lambda n=n: pick(ask, a_jpeg(10 + n)) for n in range(4)])
    assert [type(one) for one in results].count(PickedTooOften) == 3
    assert pick(ask, a_jpeg(2)) == kept, "the same photo again is none more"
    with pytest.raises(PickedTooOften) as refusal:
        pick(ask, a_jpeg(3))
    assert refusal.value.sentence.endswith("보내 주세요.")
    assert states(ask) == ["refused", "waiting", "waiting"]
    assert len(set(os.listdir(lying)) - before) == 1, "a refused one leaves no file"


def test_a_sent_or_expired_review_takes_no_more(
    ask: AnAsk, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    ref = pick(ask)
    late = an_ask(shop, jiwoo, days=1)
    a_review(ask)
    clock.advance(days=2)
    for closed in (ask, late):
        with pytest.raises(AskClosed):
            pick(closed, a_jpeg(3))
    with pytest.raises(AskClosed):
        photo.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, ref=ref)


def test_another_shops_ask_is_not_there(ask: AnAsk, other_shop: AShop, minho: ACustomer) -> None:
    ref = pick(ask)
    stranger = AnAsk(ask.id, other_shop.id, ask.customer_id, ask.token)
    somebody = AnAsk(ask.id, ask.shop_id, minho.id, ask.token)
    for wrong in (stranger, somebody):
        with pytest.raises(NotHere):
            pick(wrong, a_jpeg(1))
        with pytest.raises(NotHere):
            photo.drop(shop_id=wrong.shop_id, customer_id=wrong.customer_id, ask_id=wrong.id, ref=ref)
    assert reads.photos_of_ask(other_shop.id, ask.id) == []
    assert reads.open_picked(other_shop.id, ask.id, ref) is None


# --- the worker ------------------------------------------------------------------------------------


def test_no_transaction_is_open_while_the_process_works(ask: AnAsk, quick: list[int], clock: Clock) -> None:
    pick(ask)
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    assert quick == [0]


def test_of_many_workers_one_makes_it(ask: AnAsk, app: Flask, quick: list[int], clock: Clock) -> None:
    ref = pick(ask)
    row = the_photo(ref)
    assert row is not None
    shop_id, photo_id = row.shop_id, row.id
    works: list[Any] = [lambda: photo.make(shop_id=shop_id, photo_id=photo_id, clock=clock)] * 5
    assert sorted(all_at_once(app, works)) == ["ready", *["taken"] * 4]
    assert len(quick) == 1


def test_a_photo_dropped_while_it_is_made_leaves_nothing(
    ask: AnAsk, clock: Clock, quick: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)
    made = images.remake

    def meanwhile(source: Path, desk: Path) -> Made:
        result = made(source, desk)
        photo.drop(shop_id=ask.shop_id, customer_id=ask.customer_id, ask_id=ask.id, ref=ref)
        return result

    monkeypatch.setattr(images, "remake", meanwhile)
    assert photo.make_waiting(clock=clock) == {"taken": 1}
    assert (states(ask), lies(ask, ref)) == ([], set())


def test_a_worker_that_comes_too_late_spoils_nothing(
    ask: AnAsk, clock: Clock, quick: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(ask)
    made = images.remake

    def frozen(source: Path, desk: Path) -> Made:
        monkeypatch.setattr(images, "remake", made)
        clock.advance(minutes=2)
        assert make(ref, clock) == "ready"
        (desk / "large").write_bytes(b"RIFF")
        (desk / "small").write_bytes(b"RIFF")
        return Made(desk / "large", desk / "small", 40, 30)

    monkeypatch.setattr(images, "remake", frozen)
    assert make(ref, clock) == "taken"
    assert (states(ask), lies(ask, ref)) == (["ready"], {LARGE, SMALL})


# --- sent, and gone --------------------------------------------------------------------------------


def test_a_sent_review_takes_its_photos_along(ask: AnAsk, clock: Clock, quick: list[int]) -> None:
    ready, refused = pick(ask), pick(ask, a_jpeg(1))
    photo.make_waiting(clock=clock)
    with write() as session:
        session.query(Photo).filter_by(ref=refused).update({"state": "refused"})
    waiting = pick(ask, a_jpeg(2))
    assert reads.open_shown(ask.shop_id, ready, small=True) is None, "nobody sees what was not sent"
    review_id = a_review(ask)
    with write() as session:
        assert actions.attach(session, shop_id=ask.shop_id, ask_id=ask.id, review_id=review_id) == 2
    shown = reads.photos_of_reviews(ask.shop_id, [review_id])
    assert [line.ref for line in shown[review_id]] == [ready]
    photo.make_waiting(clock=clock)
    db.session.rollback()
    assert [line.ref for line in reads.photos_of_reviews(ask.shop_id, [review_id])[review_id]] == [
        ready,
        waiting,
    ]
    found = reads.open_shown(ask.shop_id, ready, small=False)
    assert found is not None
    found.close()


def test_what_was_never_sent_goes_after_a_week(
    ask: AnAsk, clock: Clock, quick: list[int], shop: AShop
) -> None:
    sent, draft = pick(ask), pick(an_ask(shop, factories.a_customer(shop)))
    photo.make_waiting(clock=clock)
    review_id = a_review(ask)
    with write() as session:
        actions.attach(session, shop_id=ask.shop_id, ask_id=ask.id, review_id=review_id)
    clock.advance(days=6)
    photo.drop_old_drafts(shop_id=shop.id, now=clock())
    assert lies(ask, draft) == {LARGE, SMALL}
    clock.advance(days=2)
    photo.drop_old_drafts(shop_id=shop.id, now=clock())
    assert (lies(ask, draft), the_photo(draft)) == (set(), None)
    assert lies(ask, sent) == {LARGE, SMALL}


def test_files_that_nobody_knows_go_after_a_day(ask: AnAsk, clock: Clock, quick: list[int]) -> None:
    ref = pick(ask)
    photo.make_waiting(clock=clock)
    with write() as session:
        session.query(Photo).delete()
    fresh = pick(ask, a_jpeg(1))
    clock.advance(hours=20)
    photo.drop_orphans(now=clock())
    assert lies(ask, ref) == {LARGE, SMALL}, "its row may be on its way"
    clock.advance(hours=20)
    photo.drop_orphans(now=clock())
    assert lies(ask, ref) == set()
    assert lies(ask, fresh) == {INCOMING}


def test_who_leaves_takes_all_photos_along(ask: AnAsk, clock: Clock, quick: list[int], shop: AShop) -> None:
    other = pick(an_ask(shop, factories.a_customer(shop)))
    refs = [pick(ask), pick(ask, a_jpeg(1))]
    photo.make_waiting(clock=clock)
    refs.append(pick(ask, a_jpeg(2)))
    privacy.erase(shop_id=shop.id, customer_id=ask.customer_id, now=clock())
    assert [the_photo(ref) for ref in refs] == [None] * 3
    assert [lies(ask, ref) for ref in refs] == [set()] * 3
    assert the_photo(other) is not None
    assert lies(ask, other) == {LARGE, SMALL}


def test_who_leaves_while_a_photo_arrives_leaves_no_photo(ask: AnAsk, app: Flask, shop: AShop) -> None:
    works: list[Any] = [lambda n=n: pick(ask, a_jpeg(n)) for n in range(4)]
    works.append(
        lambda: privacy.erase(shop_id=shop.id, customer_id=ask.customer_id, now=asks.factories.now())
    )
    results = all_at_once(app, works)
    assert all(isinstance(one, str | NotHere) or one is None for one in results), results
    db.session.rollback()
    assert reads.photos_of_ask(shop.id, ask.id) == []
    assert [lies(ask, one) for one in results if isinstance(one, str) and lies(ask, one)] == []


def test_drafts_are_old_by_their_own_age(ask: AnAsk, clock: Clock) -> None:
    pick(ask)
    clock.advance(days=6)
    pick(ask, a_jpeg(1))
    assert photo.drop_old_drafts(shop_id=ask.shop_id, now=clock() + timedelta(days=2)) == 1
    assert states(ask) == ["waiting"]
