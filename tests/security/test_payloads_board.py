"""S07 for what customers show, ask and write among each other, and for events: every script is shown as words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.board import event_rules, story_rules, talk_rules
from app.flows import board, event, moderation, story
from app.flows.unit import write
from app.kit.clock import kst_day
from tests import factories
from tests.factories import ACustomer, AShop
from tests.payloads import PAYLOADS, fitting, packed
from tests.phone import Phone
from tests.security.test_payloads import a_reader, look, sound

NAMES = fitting(20)


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop with a board, in which nothing has to wait and photos are shown at once."""
    made = factories.a_shop("달빛커피", is_demo=True, **factories.no_limits())
    own = {"shop_id": made.id, "staff_id": made.owner_id, "now": factories.now()}
    story.save_settings(**own, has_board=True, has_stories=True, checks_first=False)
    return made


@pytest.fixture
def owner(app: Flask, shop: AShop) -> Phone:
    """The owner's phone; what makes a good page is looked at elsewhere."""
    return Phone(app, look=False).signed_in(shop, shop.owner_id)


def a_writer(shop: AShop, name: str) -> ACustomer:
    """Somebody who was there, of that name."""
    who = factories.a_customer(shop)
    factories.a_stamp(shop, who.card_id)
    with write() as session:
        session.get_one(type(factories.a_person(who.id)), who.id).name = name
    return who


def own(shop: AShop) -> dict[str, Any]:
    """Return who the owner is, now."""
    return {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}


def test_an_event(app: Flask, shop: AShop, owner: Phone) -> None:
    titles, texts = packed(event_rules.TITLE_MAX), packed(event_rules.TEXT_MAX)
    today, stranger = kst_day(factories.now()), Phone(app, look=False)
    for number, title in enumerate(titles):
        text, who = texts[number % len(texts)], a_writer(shop, NAMES[number % len(NAMES)])
        clean = event_rules.clean_event(
            title=title, prize=titles[-1 - number], winners="1", text=text, first_day="", visits="0", group="all",
            last_day=(today + timedelta(days=1)).isoformat(), age14=False, groups={}, today=today,
        )  # fmt: skip
        event_id = event.save(**own(shop), clean=clean, once=factories.once())
        event.show(**own(shop), event_id=event_id)
        event.enter(
            shop_id=shop.id, customer_id=who.id, event_id=event_id, may_name=True, now=factories.now()
        )
        later = factories.now() + timedelta(days=3)
        event.draw(shop_id=shop.id, staff_id=None, event_id=event_id, now=later)
        customer = a_reader(app, who)
        for phone, path in (
            (owner, f"/owner/events/{event_id}"),
            (customer, f"/c/{shop.code}/events/{event_id}"),
            (stranger, f"/s/{shop.code}/events/{event_id}"),
        ):
            look(phone, path, title, clean.text)
    look(customer, f"/c/{shop.code}/inbox")
    look(owner, f"/owner/people/{who.id}", title)
    look(owner, "/owner/events", *titles[-20:])
    owner.open("/owner/events/new")
    for typed in PAYLOADS:
        sound(owner.submit("저장하고 미리 보기", title=typed, prize=typed, winners=typed, status=422), typed)


def test_photos_and_links(app: Flask, shop: AShop, owner: Phone) -> None:
    texts, comments = packed(story_rules.TEXT_MAX), packed(story_rules.COMMENT_MAX)
    stranger = Phone(app, look=False)
    for number, text in enumerate(texts):
        who = a_writer(shop, NAMES[number % len(NAMES)])
        story_id = story.send(
            shop_id=shop.id, customer_id=who.id, sort="cook", text=text, agrees=True,
            link="https://www.instagram.com/p/Cxyz/", once=factories.once(), now=factories.now(),
        )  # fmt: skip
        comment = comments[number % len(comments)]
        story.comment(shop_id=shop.id, story_id=story_id, text=comment, now=factories.now())
        for phone, path in (
            (owner, f"/owner/stories/{story_id}"),
            (a_reader(app, who), f"/c/{shop.code}/stories/{story_id}"),
            (stranger, f"/s/{shop.code}/stories/{story_id}"),
            (stranger, f"/s/{shop.code}/stories"),
        ):
            look(phone, path, text, comment)
    look(stranger, f"/s/{shop.code}/gallery")
    customer = a_reader(app, who)
    customer.open(f"/c/{shop.code}/stories/new")
    for typed in PAYLOADS:
        sound(customer.submit("가게에 보내기", link=typed, text=typed, status=422), typed)


def test_questions_and_the_board(app: Flask, shop: AShop, owner: Phone) -> None:
    titles, stranger = packed(talk_rules.TITLE_MAX), Phone(app, look=False)
    posts, comments = packed(talk_rules.POST_MAX), packed(talk_rules.COMMENT_MAX)
    questions, answers = packed(talk_rules.QUESTION_MAX), packed(talk_rules.ANSWER_MAX)
    for number, title in enumerate(titles):
        who, reader = a_writer(shop, NAMES[number % len(NAMES)]), a_writer(shop, "박민호")
        mine: dict[str, Any] = {"shop_id": shop.id, "customer_id": who.id, "now": factories.now()}
        text, said = posts[number % len(posts)], comments[number % len(comments)]
        post_id = board.post(**mine, title=title, text=text, once=factories.once())
        board.comment(**mine, post_id=post_id, text=said, once=factories.once())
        board.comment_as_shop(**own(shop), post_id=post_id, text=said, once=factories.once())
        reports = {"shop_id": shop.id, "customer_id": reader.id, "now": factories.now()}
        moderation.report(**reports, what="post", row_id=post_id, cause="ad")
        if number < max(len(posts), len(comments)):
            look(a_reader(app, reader), f"/c/{shop.code}/board/{post_id}", title, text, said)
            look(owner, f"/owner/board/{post_id}", title, text, said)
        if number < len(questions):
            asked, answer = questions[number], answers[number % len(answers)]
            question_id = board.ask(**mine, text=asked, product_id=None, once=factories.once())
            board.answer(**own(shop), question_id=question_id, text=answer)
            look(owner, f"/owner/questions/{question_id}", asked, answer)
            for phone, path in ((stranger, f"/s/{shop.code}"), (a_reader(app, who), f"/c/{shop.code}")):
                look(phone, f"{path}/questions", asked, answer)
    look(owner, "/owner/reported")
    look(owner, "/owner/board", *titles[-20:])
    look(a_reader(app, who), f"/c/{shop.code}/board", *titles[-20:])
