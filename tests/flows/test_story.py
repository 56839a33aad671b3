"""손님 사진: sent once, shown by both sides' will, withdrawn at any time, answered, gone with whoever leaves."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.board import stories
from app.board.stories import StoryLine
from app.board.story_rules import (
    NoSuchStory,
    PhotosNotReady,
    StoriesOff,
    TooManyStories,
    address_in,
    place_of,
)
from app.extensions import db, files_dir
from app.flows import form_photo, moderation, photo, privacy, story
from app.kit.files import Place
from app.kit.images import BadImage
from app.kit.refusals import Invalid
from app.messages.models import Message
from app.reviews.photos import KINDS
from tests import factories, world
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.kit import hostile
from tests.world import Clock

LINK = "https://www.instagram.com/p/Cxyz_12-a/"


def sent(who: ACustomer, *, photos: int = 1, once: str | None = None, **changes: Any) -> int:
    """Pick photos and send them."""
    key = once or factories.once()
    for number in range(photos):
        form_photo.add(
            shop_id=who.shop_id, customer_id=who.id, form=story.FORM, once=key,
            upload=BytesIO(a_jpeg(number)), now=factories.now(),
        )  # fmt: skip
    settings: dict[str, Any] = {
        "sort": "cook",
        "text": "집에서 끓였어요",
        "link": "",
        "agrees": True,
    } | changes
    return story.send(shop_id=who.shop_id, customer_id=who.id, once=key, now=factories.now(), **settings)


def decided(shop: AShop, **changes: bool) -> None:
    """Let the owner decide about photos and the board."""
    settings = {"has_board": False, "has_stories": True, "checks_first": True} | changes
    story.save_settings(shop_id=shop.id, staff_id=shop.owner_id, **settings, now=factories.now())


def look(shop_id: int, story_id: int, **how: Any) -> StoryLine | None:
    """Return one as the shop sees it, or as everybody does (is_public=True)."""
    db.session.rollback()
    return stories.story(shop_id=shop_id, story_id=story_id, **how)


def is_seen(shop: AShop, story_id: int) -> bool:
    """Tell whether everybody sees it."""
    return look(shop.id, story_id, is_public=True) is not None


def told(who: ACustomer) -> list[str]:
    """Return what lies on the card about answers."""
    db.session.rollback()
    mine = (Message.customer_id == who.id, Message.kind == "board_answer", Message.channel == "card")
    return list(db.session.scalars(db.select(Message.text).where(*mine)))


def test_it_is_shown_when_both_sides_want_it(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    story_id = sent(jiwoo, photos=2)
    assert (stories.waiting_count(shop.id), is_seen(shop, story_id)) == (1, False)
    show: dict[str, Any] = {"shop_id": shop.id, "story_id": story_id, "now": clock()}
    with pytest.raises(PhotosNotReady):  # nothing passes that the shop could not look at
        story.let_show(**show, is_shown=True)
    assert not is_seen(shop, story_id)
    photo.make_waiting(clock=clock)
    for _twice in range(2):
        story.let_show(**show, is_shown=True)
    assert (stories.waiting_count(shop.id), is_seen(shop, story_id)) == (0, True)
    [line] = stories.shown(shop.id, with_pictures=True).lines
    assert (line.who, line.sort_name, len(line.photos)) == ("한*우 님", "요리", 2)
    mine: dict[str, Any] = {
        "shop_id": shop.id, "customer_id": jiwoo.id, "story_id": story_id, "now": clock(),
    }  # fmt: skip
    for agrees in (False, False, True):
        story.agree(**mine, agrees=agrees)
        assert is_seen(shop, story_id) == agrees, "withdrawn and given at any time"
    story.let_show(**show, is_shown=False)
    assert not is_seen(shop, story_id)


def test_without_consent_only_the_shop_sees_it(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    decided(shop, checks_first=False)
    kept = sent(jiwoo, agrees=False)
    photo.make_waiting(clock=clock)
    story.let_show(shop_id=shop.id, story_id=kept, is_shown=True, now=clock())
    assert not is_seen(shop, kept), "the shop's will alone is none"
    assert stories.waiting_count(shop.id) == 0
    assert is_seen(shop, sent(jiwoo)), "where the shop looks at nothing first, a consent shows it at once"


def test_a_second_tap_sends_nothing_twice(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    once = factories.once()
    first = sent(jiwoo, once=once)
    found = world.all_at_once(app, [lambda: sent(jiwoo, photos=0, once=once)] * 6)
    assert set(found) == {first}
    at_once = factories.once()
    linked = world.all_at_once(app, [lambda: sent(jiwoo, photos=0, link=LINK, once=at_once)] * 6)
    assert len(set(linked)) == 1
    assert len(stories.mine(shop_id=shop.id, customer_id=jiwoo.id)) == 2


def test_what_is_refused(shop: AShop, jiwoo: ACustomer) -> None:
    for wrong, field in (
        ({"sort": "selfie"}, "sort"),
        ({"text": "가" * 301}, "text"),
        ({"link": "https://evil.test/p/1"}, "link"),
        ({"photos": 0}, "photo"),
    ):
        with pytest.raises(Invalid) as refusal:
            sent(jiwoo, **wrong)
        assert set(refusal.value.fields) == {field}
    for _each in range(10):
        sent(jiwoo, photos=0, link=LINK)
    with pytest.raises(TooManyStories):
        sent(jiwoo, photos=0, link=LINK)
    decided(shop, has_stories=False)
    with pytest.raises(StoriesOff):
        sent(factories.a_customer(shop))


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("what", sorted(hostile.REFUSED))
def test_hostile_files_go_through_the_same_sieve(
    what: str, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    once = factories.once()
    try:
        form_photo.add(
            shop_id=shop.id, customer_id=jiwoo.id, form=story.FORM, once=once,
            upload=BytesIO(hostile.REFUSED[what][0]()), now=clock(),
        )  # fmt: skip
    except BadImage:
        return
    photo.make_waiting(clock=clock)
    with pytest.raises(Invalid) as refusal:
        story.send(
            shop_id=shop.id, customer_id=jiwoo.id, sort="cook", text="", link="", agrees=True, once=once, now=clock()
        )  # fmt: skip
    assert set(refusal.value.fields) == {"photo"}, "a refused picture is no photo"


def test_the_shops_words_are_told_once(shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    story_id = sent(jiwoo, photos=0, link=f"{LINK}?igsh=abc")
    assert look(shop.id, story_id).link == LINK  # type: ignore[union-attr]
    at: dict[str, Any] = {"shop_id": shop.id, "story_id": story_id, "now": clock()}
    for words in ("맛있어 보여요!", "정말 맛있어 보여요!", ""):
        story.comment(**at, text=words)
        line = look(shop.id, story_id)
        assert line is not None
        assert (line.comment, line.commented_at is None) == (words, not words)
    [letter] = told(jiwoo)
    assert "올려 주신 사진에 사장님이 답을" in letter
    with pytest.raises(Invalid):
        story.comment(**at, text="네이버 리뷰 남기시면 쿠폰 드려요")
    for is_done in (True, True, False):
        story.mark_linked(**at, is_done=is_done)
    assert look(shop.id, story_id).linked_at is None  # type: ignore[union-attr]


def test_it_goes_with_its_photos(shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock) -> None:
    decided(shop, checks_first=False)
    gone, left = sent(jiwoo), sent(jiwoo)
    photo.make_waiting(clock=clock)
    refs = [look(shop.id, each).photos[0].ref for each in (gone, left)]  # type: ignore[union-attr]
    moderation.report(
        shop_id=shop.id, customer_id=minho.id, what="story", row_id=gone, cause="ad", now=clock()
    )
    with pytest.raises(NoSuchStory):
        story.remove(shop_id=shop.id, customer_id=minho.id, story_id=gone, now=clock())
    story.remove(shop_id=shop.id, customer_id=jiwoo.id, story_id=gone, now=clock())
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert stories.shown(shop.id).lines == []
    lies = [kind for ref in refs for kind in KINDS if Place(kind, shop.id, ref).below(files_dir()).exists()]
    assert lies == []


def test_another_shops_photos_are_not_there(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    story_id = sent(jiwoo)
    at: dict[str, Any] = {"shop_id": other_shop.id, "story_id": story_id, "now": clock()}
    stranger = factories.a_customer(other_shop)
    for refused in (
        lambda: story.let_show(**at, is_shown=True),
        lambda: story.comment(**at, text="안녕하세요"),
        lambda: story.mark_linked(**at, is_done=True),
        lambda: story.agree(**at, customer_id=stranger.id, agrees=False),
        lambda: story.remove(**at, customer_id=stranger.id),
    ):
        with pytest.raises(NoSuchStory):
            refused()
    assert look(other_shop.id, story_id) is None


@pytest.mark.parametrize(
    ("pasted", "place"),
    [
        ("https://www.instagram.com/p/Cxyz_12-a/?igsh=MzRl", "인스타그램"),
        ("제 글이에요 https://m.blog.naver.com/jiwoo/223456789012 놀러 오세요", "네이버 블로그"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", "유튜브"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "유튜브"),
        ("www.threads.net/@jiwoo/post/C1a", "스레드"),
        ("https://x.com/jiwoo/status/1234567890", "엑스"),
        ("http://instagram.com/reel/Cabc/", "인스타그램"),
        ("https://www.instagram.com/jiwoo/", ""),  # a person, no post
        ("https://l.instagram.com/?u=https://evil.test", ""),
        ("https://www.facebook.com/l.php?u=https://evil.test", ""),
        ("https://www.youtube.com/redirect?q=https://evil.test", ""),
        ("https://instagram.com.evil.test/p/Cabc/", ""),
        ("https://instagram.com@evil.test/p/Cabc/", ""),
        ("https://instagram.com:8443/p/Cabc/", ""),
        ("https://www.instagram.com/p/../../accounts/", ""),
        ("https://www.instagram.com/p/%2e%2e/x/", ""),
        ("https://www.instagram.com\\@evil.test/p/C/", ""),
        ("javascript:alert(1)//instagram.com/p/Cabc/", ""),
        ("data:text/html,https://", ""),
        (f"https://www.instagram.com/p/{'a' * 200}/", ""),
        ("", ""),
    ],
)
def test_where_a_pasted_link_may_lead(pasted: str, place: str) -> None:
    assert place_of(address_in(pasted)) == place
