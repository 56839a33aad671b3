"""가게 소식: written, shown to everybody or to a group, opened and counted, taken down; and told as a 단체 문자."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any, BinaryIO

import pytest
from flask import Flask
from PIL import Image

from app.board import notices as reads
from app.board.notice_models import Notice, NoticeRead, ShopLink
from app.board.notice_rules import NoSuchNotice, StillShown, TakenDown, TooManyFirst
from app.customers import known
from app.extensions import db, files_dir
from app.flows import merge, notice, own_picture, photo, privacy, shop_links, tags
from app.flows.unit import write
from app.insights import shown_notices
from app.kit.images import BadImage
from app.kit.refusals import Invalid
from app.messages import campaigns
from app.messages.models import Message
from app.reviews.photos import LARGE
from app.visits.models import Product
from tests import factories, world
from tests.factories import ACustomer, AShop

_WORDS: dict[str, Any] = {
    "sort": "notice",
    "title": "추석에 쉬어요",
    "text": "스물네 날부터 쉬어요.",
    "product_id": None,
    "group": "",
    "is_first": False,
}


@pytest.fixture
def holder(shop: AShop) -> ACustomer:
    """Somebody who holds the shop's card."""
    return factories.a_customer(shop)


def written(shop: AShop, **changes: Any) -> int:
    """Write a piece of news that nobody sees yet."""
    made: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "once": factories.once(),
        "now": factories.now(),
        **_WORDS,
    }
    return notice.begin(**made | changes)


def shown(shop: AShop, **changes: Any) -> int:
    """Write a piece of news and show it."""
    made = written(shop, **changes)
    notice.show(shop_id=shop.id, notice_id=made, staff_id=shop.owner_id, now=factories.now())
    return made


def opened(shop: AShop, who: ACustomer, notice_id: int) -> bool:
    """Let somebody open it."""
    return notice.note_read(shop_id=shop.id, customer_id=who.id, notice_id=notice_id, now=factories.now())


def on_card(shop: AShop, who: ACustomer) -> list[int]:
    """Return which news lies on a person's card."""
    db.session.rollback()
    lines = shown_notices.for_person(shop_id=shop.id, customer_id=who.id, now=factories.now())
    return [line.id for line in lines]


def read_by(shop: AShop, notice_id: int) -> int:
    """Return how many people opened it, as its owner reads it."""
    db.session.rollback()
    found = reads.notice(shop.id, notice_id)
    assert found is not None
    return found.read_by


def a_picture() -> io.BytesIO:
    """Return a photo as a phone sends one."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#884422").save(file, "JPEG")
    file.seek(0)
    return file


def pictured(shop: AShop, notice_id: int, upload: BinaryIO | None = None) -> None:
    """Put a picture to a piece of news."""
    row = notice.pictured(shop_id=shop.id, notice_id=notice_id)
    own_picture.put(shop_id=shop.id, row=row, upload=upload or a_picture(), now=factories.now())


def test_a_draft_is_nobodys_to_see_until_it_is_shown_and_nothing_is_sent(
    shop: AShop, holder: ACustomer
) -> None:
    made = written(shop)
    assert on_card(shop, holder) == []
    assert reads.for_everybody(shop.id) == []
    assert notice.show(shop_id=shop.id, notice_id=made, staff_id=shop.owner_id, now=factories.now())
    assert not notice.show(shop_id=shop.id, notice_id=made, staff_id=shop.owner_id, now=factories.now())
    assert on_card(shop, holder) == [made]
    assert [line.id for line in reads.for_everybody(shop.id)] == [made]
    assert "news" in factories.the_shop(shop).uses.split()
    assert notice.end(shop_id=shop.id, notice_id=made, staff_id=shop.owner_id, now=factories.now())
    assert not notice.end(shop_id=shop.id, notice_id=made, staff_id=shop.owner_id, now=factories.now())
    assert on_card(shop, holder) == []
    assert "news" not in factories.the_shop(shop).uses.split()
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0


def test_two_taps_write_one(app: Flask, shop: AShop) -> None:
    key = factories.once()
    ids = world.all_at_once(app, [lambda: written(shop, once=key)] * 4)
    assert len(set(ids)) == 1
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(Notice.id))) == 1


def test_it_is_counted_once_a_person_however_often_and_however_at_once(
    app: Flask, shop: AShop, holder: ACustomer
) -> None:
    made, friend = shown(shop), factories.a_customer(shop)
    assert world.all_at_once(app, [lambda: opened(shop, holder, made)] * 4).count(True) == 1
    assert read_by(shop, made) == 1
    assert opened(shop, friend, made)
    assert not opened(shop, friend, made)
    assert read_by(shop, made) == 2
    assert shown_notices.unread(shop_id=shop.id, customer_id=friend.id, now=factories.now()) == 0


def test_news_of_a_group_is_seen_while_one_is_in_it_and_by_nobody_else(
    shop: AShop, holder: ACustomer
) -> None:
    """Who guesses its address finds nothing, neither on the card nor on the shop's page."""
    friend = factories.a_customer(shop)
    own: dict[str, Any] = {"shop_id": shop.id, "now": factories.now()}
    hand: dict[str, Any] = {
        "shop_id": shop.id,
        "staff_id": shop.owner_id,
        "customer_id": holder.id,
        "ip": "127.0.0.1",
    }
    tags.put_on(**hand, name="단체", now=factories.now())
    (tag,) = known.tags_of(shop_id=shop.id, customer_id=holder.id)
    made = shown(shop, group=f"tag:{tag.id}")
    assert on_card(shop, holder) == [made]
    assert on_card(shop, friend) == []
    assert shown_notices.one_for_person(**own, customer_id=friend.id, notice_id=made) is None
    assert shown_notices.unread(**own, customer_id=holder.id) == 1
    assert shown_notices.unread(**own, customer_id=friend.id) == 0
    assert reads.public_notice(shop.id, made) is None
    with pytest.raises(NoSuchNotice):
        opened(shop, friend, made)
    assert read_by(shop, made) == 0
    tags.take_off(**hand, tag_id=tag.id, now=factories.now())
    assert on_card(shop, holder) == []
    with pytest.raises(NoSuchNotice):
        opened(shop, holder, made)


def test_another_shops_news_is_no_news(shop: AShop, other_shop: AShop, holder: ACustomer) -> None:
    theirs = shown(other_shop)
    assert on_card(shop, holder) == []
    with pytest.raises(NoSuchNotice):
        opened(shop, holder, theirs)
    for act in (notice.show, notice.end, notice.tell):
        with pytest.raises(NoSuchNotice):
            act(shop_id=shop.id, notice_id=theirs, staff_id=shop.owner_id, now=factories.now())
    with pytest.raises(NoSuchNotice):
        notice.word(shop_id=shop.id, notice_id=theirs, **_WORDS)
    with pytest.raises(NoSuchNotice):
        pictured(shop, theirs)
    notice.drop(shop_id=shop.id, notice_id=theirs)
    assert reads.public_notice(other_shop.id, theirs) is not None


def test_what_is_wrong_is_said_all_at_once_and_another_shops_product_is_none(
    shop: AShop, other_shop: AShop
) -> None:
    with pytest.raises(Invalid) as refusal:
        written(shop, sort="spam", title=" ", text="네이버 리뷰를 남기면 쿠폰을 드려요", group="tag:999")
    assert set(refusal.value.fields) == {"sort", "title", "text", "people"}
    with write() as session:
        session.add(Product(shop_id=other_shop.id, name="남의 것", price=1))
        session.flush()
        product = session.scalar(db.select(Product.id).where(Product.shop_id == other_shop.id))
    made = written(shop, sort="product", product_id=product)
    found = reads.notice(shop.id, made)
    assert found is not None
    assert found.product_id is None


def test_three_stay_on_top_and_four_at_once_do_not(app: Flask, shop: AShop, holder: ACustomer) -> None:
    old = shown(shop, is_first=True)
    newer = shown(shop)
    assert on_card(shop, holder) == [old, newer]

    def one_more() -> str:
        try:
            written(shop, is_first=True)
        except TooManyFirst:
            return "refused"
        return "kept"

    assert sorted(world.all_at_once(app, [one_more] * 4)) == ["kept", "kept", "refused", "refused"]


def test_what_was_seen_is_taken_down_and_not_thrown_away(shop: AShop) -> None:
    draft, seen = written(shop), shown(shop)
    notice.drop(shop_id=shop.id, notice_id=draft)
    notice.drop(shop_id=shop.id, notice_id=draft)
    with pytest.raises(StillShown):
        notice.drop(shop_id=shop.id, notice_id=seen)
    notice.end(shop_id=shop.id, notice_id=seen, staff_id=shop.owner_id, now=factories.now())
    with pytest.raises(TakenDown):
        notice.word(shop_id=shop.id, notice_id=seen, **_WORDS)


def test_its_picture_goes_with_it_and_the_night_leaves_it_alone(shop: AShop) -> None:
    made = written(shop)
    pictured(shop, made)
    first = db.session.scalars(db.select(Notice.photo)).one()
    photo.drop_orphans(now=factories.now() + timedelta(days=3))
    assert (files_dir() / LARGE / str(shop.id) / first).exists()
    with pytest.raises(BadImage):
        pictured(shop, made, io.BytesIO(b"<svg/>"))
    pictured(shop, made)
    db.session.rollback()
    second = db.session.scalars(db.select(Notice.photo)).one()
    assert second != first
    assert not (files_dir() / LARGE / str(shop.id) / first).exists()
    notice.drop(shop_id=shop.id, notice_id=made)
    assert not (files_dir() / LARGE / str(shop.id) / second).exists()


def test_telling_it_begins_one_draft_with_its_words_and_picture_and_sends_nothing(
    app: Flask, shop: AShop, holder: ACustomer
) -> None:
    made = written(shop)
    own: dict[str, Any] = {
        "shop_id": shop.id,
        "notice_id": made,
        "staff_id": shop.owner_id,
        "now": factories.now(),
    }
    pictured(shop, made)
    with pytest.raises(TakenDown):
        notice.tell(**own)
    notice.show(**own)
    ids = world.all_at_once(app, [lambda: notice.tell(**own)] * 3)
    assert len(set(ids)) == 1
    db.session.rollback()
    (view,) = campaigns.drafts(shop.id)
    assert view.text == "추석에 쉬어요\n\n스물네 날부터 쉬어요."
    assert view.group == "all"
    file = campaigns.open_photo(shop.id, view.id)
    assert file is not None
    file.close()
    line = reads.notice(shop.id, made)
    assert line is not None
    assert view.photo != line.photo
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0


def test_of_two_who_become_one_it_is_counted_once_and_who_leaves_takes_it_along(
    shop: AShop, holder: ACustomer
) -> None:
    both, alone, twin = shown(shop), shown(shop), factories.a_customer(shop)
    for who, what in ((holder, both), (twin, both), (twin, alone)):
        opened(shop, who, what)
    merge.merge_people(
        shop_id=shop.id, kept_id=holder.id, gone_id=twin.id, staff_id=shop.owner_id, now=factories.now()
    )
    assert (read_by(shop, both), read_by(shop, alone)) == (1, 1)
    privacy.erase(shop_id=shop.id, customer_id=holder.id, now=factories.now())
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count(NoticeRead.id))) == 0


def test_links_are_kept_changed_and_taken_away_and_the_card_knows(shop: AShop, other_shop: AShop) -> None:
    own: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    typed = {"instagram": "@bomnal_coffee", "band": "", "openchat": "https://open.kakao.com/o/gAbCdEf?x=1"}
    assert shop_links.save(**own, typed=typed)
    assert not shop_links.save(**own, typed=typed)
    assert [link.url for link in reads.links(shop.id)] == [
        "https://www.instagram.com/bomnal_coffee",
        "https://open.kakao.com/o/gAbCdEf",
    ]
    assert "links" in factories.the_shop(shop).uses.split()
    assert reads.links(other_shop.id) == []
    assert shop_links.save(**own, typed={})
    assert "links" not in factories.the_shop(shop).uses.split()
    assert db.session.scalar(db.select(db.func.count()).select_from(ShopLink)) == 0


def test_the_first_links_at_once_are_one(app: Flask, shop: AShop) -> None:
    def save() -> bool:
        return shop_links.save(
            shop_id=shop.id, staff_id=shop.owner_id, typed={"band": "band.us/@bomnal"}, now=factories.now()
        )

    assert world.all_at_once(app, [save] * 3).count(True) == 1
