"""종이 카드: sent once, moved once, gone at once, told on the card, and never another shop's."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.cards import papers
from app.cards import queries as cards
from app.extensions import db, files_dir
from app.flows import paper_card, photo, privacy
from app.flows.paper_card import AlreadySent, Decided, Landed, SentTooOften
from app.kit.files import Place
from app.kit.images import BadImage
from app.kit.refusals import Invalid, NotHere
from app.messages import inbox
from app.reviews import photos as reads
from app.reviews.models import Photo
from app.reviews.photos import KINDS
from app.shops import history
from tests import factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.world import Clock, all_at_once


def send(customer: ACustomer, *, stamps: str = "7", once: str | None = None, data: bytes = b"") -> int:
    """Send a paper card to the shop."""
    return paper_card.ask(
        shop_id=customer.shop_id,
        customer_id=customer.id,
        stamps=stamps,
        upload=BytesIO(data or a_jpeg()),
        once=once or factories.once(),
        now=factories.now(),
    )


def move(shop: AShop, paper_id: int, stamps: str = "7") -> Landed:
    """The owner moves what was counted."""
    return paper_card.move(
        shop_id=shop.id, staff_id=shop.owner_id, paper_id=paper_id, stamps=stamps, now=factories.now()
    )


def line(shop: AShop, paper_id: int) -> papers.PaperLine:
    db.session.rollback()
    found = papers.paper(shop_id=shop.id, paper_id=paper_id)
    assert found is not None
    return found


def lies(shop: AShop, ref: str | None) -> set[str]:
    """Return which files of a photo there are."""
    assert ref is not None
    return {kind for kind in KINDS if Place(kind, shop.id, ref).below(files_dir()).exists()}


def all_files(shop: AShop) -> set[str]:
    """Return every file of the shop; other tests may have left some."""
    return {path.name for kind in KINDS for path in (files_dir() / kind / str(shop.id)).glob("*")}


def page(customer: ACustomer) -> cards.CardPage:
    db.session.rollback()
    return cards.card_page(shop_id=customer.shop_id, card_id=customer.card_id, now=factories.now())


def letters(customer: ACustomer) -> list[str]:
    db.session.rollback()
    found = inbox.letters(customer.shop_id, customer.id, now=factories.now())
    return [letter.text for letter in found if "종이 카드" in letter.text]


def audited(shop: AShop) -> list[tuple[str, str]]:
    db.session.rollback()
    return [
        (change.what, change.detail) for change in history.changes(shop.id).lines if "paper" in change.what
    ]


def test_a_paper_card_is_counted_and_moved(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    paper_id = send(minho)
    ref = line(shop, paper_id).photo_ref
    assert papers.waiting_count(shop.id) == 1
    assert photo.make_waiting(clock=clock) == {"ready": 1}
    opened = reads.open_loose(shop.id, ref)
    assert opened is not None and opened.read(4) == b"RIFF"
    assert (
        photo.drop_old_drafts(shop_id=shop.id, now=clock.advance(days=8)) == 0
    )  # it is no draft of a review

    assert move(shop, paper_id, "12") == Landed(minho.id, 12, False)
    after = page(minho)
    assert (after.balance, len(after.rewards)) == (2, 1)
    assert letters(minho) == ["고객님, 종이 카드의 도장 12개를 이 카드로 옮겨 드렸어요."]
    assert audited(shop) == [("paper_moved", "12:7")]
    assert (papers.waiting_count(shop.id), lies(shop, ref)) == (0, set())
    assert reads.loose_photo(shop.id, ref) is None
    books.check(shop)


def test_twice_is_once(shop: AShop, minho: ACustomer) -> None:
    once, before = factories.once(), all_files(shop)
    paper_id = send(minho, once=once)
    assert send(minho, once=once) == paper_id
    assert db.session.scalar(db.select(db.func.count(Photo.id))) == 1
    assert len(all_files(shop) - before) == 1
    move(shop, paper_id)
    assert move(shop, paper_id) == Landed(minho.id, 7, True)
    assert page(minho).balance == 7
    with pytest.raises(Decided):
        paper_card.refuse(
            shop_id=shop.id, staff_id=shop.owner_id, paper_id=paper_id, reason="늦었어요", now=factories.now()
        )


def test_many_at_once_move_once_and_only_one_waits(app: Flask, shop: AShop, minho: ACustomer) -> None:
    results = all_at_once(app, [lambda: send(minho) for _ in range(4)])
    sent = [result for result in results if isinstance(result, int)]
    assert len(sent) == 1
    assert all(isinstance(result, AlreadySent) for result in results if result not in sent)
    works: list[Any] = [lambda: move(shop, sent[0]) for _ in range(6)]
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "paper_id": sent[0]}
    works.append(lambda: paper_card.refuse(**own, reason="흐려요", now=factories.now()))
    results = all_at_once(app, works)
    moved = line(shop, sent[0]).state == "moved"
    assert page(minho).balance == (7 if moved else 0)
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Decided)]
    assert len(letters(minho)) == 1
    books.check(shop)


def test_a_refusal_says_why_and_the_photo_goes(shop: AShop, minho: ACustomer) -> None:
    paper_id = send(minho)
    ref = line(shop, paper_id).photo_ref
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "paper_id": paper_id, "now": factories.now()}
    with pytest.raises(Invalid):
        paper_card.refuse(**own, reason="  ")
    for _ in range(2):
        paper_card.refuse(**own, reason="우리 가게 종이 카드가 아니에요.")
    assert letters(minho) == ["고객님, 종이 카드를 옮기지 못했어요. 우리 가게 종이 카드가 아니에요."]
    assert (page(minho).balance, lies(shop, ref), audited(shop)) == (0, set(), [("paper_refused", "")])
    with pytest.raises(Decided):
        move(shop, paper_id)
    send(minho)  # the next one may come


def test_what_can_not_be_sent(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    before = all_files(shop)
    for stamps in ("", "0", "61", "일곱", "-3", "7.5", "9999"):
        with pytest.raises(Invalid):
            send(minho, stamps=stamps)
    with pytest.raises(BadImage):
        send(minho, data=b"%PDF-1.7")
    for _ in range(paper_card.MOST_ASKED):
        paper_card.withdraw(shop_id=shop.id, customer_id=minho.id, paper_id=send(minho), now=clock())
    with pytest.raises(SentTooOften):
        send(minho)
    assert all_files(shop) <= before
    clock.advance(days=31)
    send(minho)


def test_taken_back_by_its_holder_only(shop: AShop, minho: ACustomer, jiwoo: ACustomer) -> None:
    paper_id = send(minho)
    with pytest.raises(NotHere):
        paper_card.withdraw(shop_id=shop.id, customer_id=jiwoo.id, paper_id=paper_id, now=factories.now())
    for _ in range(2):
        paper_card.withdraw(shop_id=shop.id, customer_id=minho.id, paper_id=paper_id, now=factories.now())
    assert line(shop, paper_id).state == "withdrawn"
    with pytest.raises(Decided):
        move(shop, paper_id)


def test_moved_by_mistake_and_turned_around(shop: AShop, minho: ACustomer) -> None:
    paper_id = send(minho)
    move(shop, paper_id, "23")
    assert (page(minho).balance, len(page(minho).rewards)) == (3, 2)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "paper_id": paper_id, "now": factories.now()}
    for _ in range(2):
        paper_card.take_back(**own)
    assert (page(minho).balance, page(minho).rewards) == (0, [])
    assert line(shop, paper_id).is_undone
    assert audited(shop)[0] == ("paper_undone", "23")
    with pytest.raises(Decided):
        move(shop, paper_id)  # what was turned around does not land again by an old page
    books.check(shop)


def test_at_the_counter_without_a_photo(app: Flask, shop: AShop, minho: ACustomer) -> None:
    once = factories.once()
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "customer_id": minho.id}
    how = {"stamps": "9", "reason": "종이 카드 한 장", "once": once, "now": factories.now()}
    results = all_at_once(app, [lambda: paper_card.give(**own, **how) for _ in range(4)])
    assert sorted(result.repeated for result in results) == [False, True, True, True]
    assert (page(minho).balance, audited(shop)) == (9, [("paper_given", "9")])
    for wrong in ({"reason": ""}, {"stamps": "0"}, {"reason": "가" * 61}):
        with pytest.raises(Invalid):
            paper_card.give(**own, **(how | wrong))
    books.check(shop)


def test_another_shop_finds_nothing(shop: AShop, other_shop: AShop, minho: ACustomer) -> None:
    paper_id = send(minho)
    foreign = {"shop_id": other_shop.id, "staff_id": other_shop.owner_id, "now": factories.now()}
    for tried in (
        lambda: paper_card.move(**foreign, paper_id=paper_id, stamps="7"),
        lambda: paper_card.refuse(**foreign, paper_id=paper_id, reason="아니에요"),
        lambda: paper_card.take_back(**foreign, paper_id=paper_id),
        lambda: paper_card.give(
            **foreign, customer_id=minho.id, stamps="7", reason="x", once=factories.once()
        ),
    ):
        with pytest.raises(NotHere):
            tried()
    assert papers.paper(shop_id=other_shop.id, paper_id=paper_id) is None
    assert reads.open_loose(other_shop.id, line(shop, paper_id).photo_ref) is None


def test_forgotten_ones_are_told_and_their_photos_go(
    shop: AShop, minho: ACustomer, jiwoo: ACustomer, clock: Clock
) -> None:
    paper_id = send(minho)
    ref = line(shop, paper_id).photo_ref
    clock.advance(days=20)
    send(jiwoo)
    assert paper_card.drop_forgotten(shop_id=shop.id, now=clock()) == 0
    clock.advance(days=11)
    assert paper_card.drop_forgotten(shop_id=shop.id, now=clock()) == 1
    assert (line(shop, paper_id).state, lies(shop, ref)) == ("refused", set())
    assert "사진을 지웠어요" in letters(minho)[0]
    assert papers.waiting_count(shop.id) == 1


def test_who_leaves_takes_it_along(shop: AShop, minho: ACustomer, clock: Clock) -> None:
    paper_id = send(minho)
    ref = line(shop, paper_id).photo_ref
    photo.make_waiting(clock=clock)
    clock.advance(hours=1)
    privacy.erase(shop_id=shop.id, customer_id=minho.id, now=clock())
    assert (papers.waiting_count(shop.id), lies(shop, ref)) == (0, set())
    assert papers.paper(shop_id=shop.id, paper_id=paper_id) is None
    with pytest.raises(NotHere):
        move(shop, paper_id)
