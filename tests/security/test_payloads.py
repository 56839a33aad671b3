"""S07, the whole matrix: every script through every field, and every page that shows it shows it as words.

The pages are read by html5lib, which makes of them what a browser's parser makes. That a real browser runs nothing
and complains of nothing is looked at once a place in tests/browser/test_payloads*.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from app.flows import access, review, voice
from app.flows.unit import write
from app.messages.models import DemoPhoneMessage, Message
from app.reviews import queries
from app.reviews.rules import HASHTAG_MAX, REPLY_MAX, TEXT_MAX
from app.shops.models import Shop
from app.voices.rules import TEXT_MAX as VOICE_MAX
from app.web.owner.sheets import SHEETS
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, leave
from tests.payloads import PAYLOADS, fitting, injected, packed
from tests.phone import Page, Phone
from tests.security.full_shop import a_full_shop
from tests.security.routes import routes, values_for

NAMES, LINES = fitting(20), packed(60)
MEMO = "\n".join(PAYLOADS)


@pytest.fixture
def shop(app: Flask) -> AShop:
    """A shop in which nothing has to wait."""
    return factories.a_shop("달빛커피", is_demo=True, **factories.no_limits())


@pytest.fixture
def owner(app: Flask, shop: AShop) -> Phone:
    """The owner's phone; what makes a good page is looked at elsewhere."""
    return Phone(app, look=False).signed_in(shop, shop.owner_id)


@pytest.fixture
def stranger(app: Flask) -> Phone:
    """Somebody without a card."""
    return Phone(app, look=False)


def sound(page: Page, *shown: str) -> Page:
    """Every text is there as text, or in a field, and nothing of it became an element or an attribute."""
    assert injected(page.soup) == [], page.path
    boxes = [str(box.get("value", "")) for box in page.soup.select("input")]
    seen = " ".join((page.soup.get_text() + "\n" + "\n".join(boxes)).split())
    for text in shown:
        assert " ".join(text.split()) in seen, f"{page.path} does not show {text!r}"
    return page


def look(phone: Phone, path: str, *shown: str) -> Page:
    """Open a page and see that it is sound."""
    return sound(phone.open(path), *shown)


def a_reader(app: Flask, holder: ACustomer) -> Phone:
    """The phone of a card's holder."""
    return Phone(app, look=False).holding(holder)


def send(phone: Phone, path: str, token: str, **fields: str) -> Page:
    """Post what the form there asks for, by the token of a page that was open before."""
    return phone.post(path, {**fields, "csrf_token": token})


def people(shop: AShop, many: int) -> list[ACustomer]:
    """Return so many people with a number."""
    return [factories.a_customer(shop, name="손님", phone=factories.a_number()) for _ in range(many)]


def test_what_a_customer_types(app: Flask, shop: AShop, owner: Phone) -> None:
    holders = people(shop, len(NAMES))
    for holder, name in zip(holders, NAMES, strict=True):
        customer = a_reader(app, holder)
        customer.open(f"/c/{shop.code}/details")
        sound(customer.submit("저장하기", name=name), name)
        look(customer, f"/c/{shop.code}/details", name)
        factories.a_stamp(shop, holder.card_id)
        look(owner, f"/owner/panel/{holder.card_id}", name)
    look(owner, "/owner/stamps/today", *NAMES)
    look(owner, "/owner/people", *NAMES[-20:])
    look(owner, "/owner/messages/history")
    customer.open(f"/c/{shop.code}/details")
    for typed in PAYLOADS:  # neither a name nor a number: it comes back as it was typed
        page = customer.submit("저장하기", name=typed + "<svg onload=alert()>", phone=typed, status=422)
        sound(page, typed)


def test_joining(shop: AShop, stranger: Phone) -> None:
    stranger.open(f"/s/{shop.code}/details")
    for typed in PAYLOADS:
        sound(stranger.submit("카드 받기", name=typed, phone=typed, status=422), typed)


def test_what_the_owner_writes_about_people(app: Flask, shop: AShop, owner: Phone) -> None:
    holders, names = people(shop, len(LINES)), [NAMES[number % len(NAMES)] for number in range(len(LINES))]
    owner.open("/owner/stamps")
    token = owner.token()
    for number, holder in enumerate(holders):
        name, likes, memo = names[number], LINES[number], "" if number else MEMO
        page = send(owner, f"/owner/people/{holder.id}", token, name=name, likes=likes, memo=memo)
        sound(page, name, likes, memo)
        look(owner, f"/owner/panel/{holder.card_id}", name, likes)
        look(a_reader(app, holder), f"/c/{shop.code}/me", name, likes, memo)
    for holder in holders:
        factories.a_claim(shop, holder)
    for path in ("/owner", "/owner/stamps"):
        look(owner, path, *names[:3])
    for typed in PAYLOADS:
        sound(owner.open(f"/owner/people?q={quote(typed)}"), typed[:40].strip())
        sound(owner.post("/owner/lookups", {"q": typed, "csrf_token": token}, htmx=True, status=None))


def test_why_one_more(shop: AShop, owner: Phone) -> None:
    holder = factories.a_customer(shop)
    for number, reason in enumerate(LINES):
        at = factories.now() - timedelta(seconds=number)
        factories.a_stamp(shop, holder.card_id, at=at, override_reason=reason)
    look(owner, "/owner/stamps/today", *LINES)
    look(owner, f"/owner/people/{holder.id}", *LINES[:5])


def test_what_the_shop_says(app: Flask, shop: AShop, owner: Phone, stranger: Phone) -> None:
    holder = factories.a_customer(shop, name="한지우", phone=factories.a_number(), agrees="all")
    factories.a_reward(shop, holder)
    customer, stories, sheets = a_reader(app, holder), packed(500), list(SHEETS)
    owner.open("/owner/more/shop")
    token = owner.token()
    for number, address in enumerate(LINES):
        name, story = NAMES[number % len(NAMES)], stories[number % len(stories)]
        said = {
            "name": name,
            "owner_name": NAMES[-1 - number % len(NAMES)],
            "address": address,
            "story": story,
        }
        send(owner, "/owner/more/shop", token, **said, mark="<")
        look(owner, "/owner/more/shop", *said.values())
        look(stranger, f"/s/{shop.code}/privacy", name, address)
        look(customer, ("/", f"/c/{shop.code}", f"/c/{shop.code}/me")[number % 3], name)
        if number < len(NAMES):
            look(stranger, f"/s/{shop.code}", name, story)
            look(owner, f"/owner/print/{sheets[number % len(sheets)]}", name)
    owner.open("/owner/more/card")
    for reward in NAMES:
        owner.submit("저장하기", reward_name=reward)
        look(stranger, f"/s/{shop.code}", reward)
        look(owner, "/owner/more/card", reward)
    for path in ("/owner/print", "/owner/more", "/owner/messages"):
        look(owner, path)
    for sheet in sheets:
        assert owner.open(f"/owner/print/{sheet}/pdf").html.startswith("%PDF")


def test_what_is_sent(app: Flask, shop: AShop, owner: Phone, stranger: Phone) -> None:
    holder, now = factories.a_customer(shop, name=NAMES[0]), factories.now()
    token = access.mint_link(kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=600, now=now)
    texts = packed(600)
    with write() as session:
        for number, text in enumerate(texts):
            session.add(
                DemoPhoneMessage(shop_id=shop.id, key=f"key-{number}", to="+821000000000", text=text, at=now)
            )
            session.add(
                Message(
                    shop_id=shop.id, customer_id=holder.id, kind="thank_you", channel="card", cause=f"x{number}",
                    dedupe_key=f"x{number}", due_at=now, not_after=now + timedelta(days=2), staged_at=now, text=text,
                    provider_key=f"{number:032}", created_at=now, facts={}, state="sent", sent_at=now,
                )
            )  # fmt: skip
    look(stranger, f"/demo/phone/{token}", *texts)
    look(a_reader(app, holder), f"/c/{shop.code}/inbox", *texts)
    look(owner, "/owner/messages/history", NAMES[0])
    for text in packed(600, braces=False):
        owner.open("/owner/messages/thank_you")
        sound(owner.submit("저장하기", text=text))
        look(owner, "/owner/messages/thank_you", text)
    for text in sorted(set(PAYLOADS) - set(fitting(600, braces=False))):
        owner.open("/owner/messages/thank_you")
        sound(owner.submit("저장하기", text=text, status=422), text)


def test_reviews_and_what_the_shop_answers(app: Flask, shop: AShop, owner: Phone, stranger: Phone) -> None:
    reviews, answers = packed(TEXT_MAX), packed(REPLY_MAX)
    holders = people(shop, len(NAMES))
    for number, (holder, name) in enumerate(zip(holders, NAMES, strict=True)):
        with write() as session:
            session.get_one(type(factories.a_person(holder.id)), holder.id).name = name
        text, token, customer = reviews[number % len(reviews)], an_ask(shop, holder), a_reader(app, holder)
        customer.open(f"/r/{token}")
        if number < len(reviews):
            sound(customer.submit("후기 남기기", text=text, status=422), text)
        leave(token, mood="bad", text=text)
        review_id = queries.reviews(shop.id).lines[0].id
        answer = answers[number % len(answers)]
        review.answer(
            shop_id=shop.id, staff_id=shop.owner_id, review_id=review_id, text=answer, now=factories.now()
        )
        look(owner, f"/owner/reviews/{review_id}", text, answer, name)
        for path in (f"/c/{shop.code}/reviews", f"/r/{token}"):
            look(customer, path, text, answer)
    for path in (f"/s/{shop.code}", f"/s/{shop.code}/reviews"):
        look(stranger, path, *reviews, *answers[:1])
    look(owner, "/owner/reviews", *reviews)
    look(owner, "/owner/voices")
    for hashtag in fitting(HASHTAG_MAX):
        owner.open("/owner/more/reviews")
        fields = {"hashtag": hashtag, "google_url": f"javascript:{hashtag}"}
        sound(owner.submit("저장하기", **fields, status=422), hashtag)


def test_words_to_the_owner_and_back(app: Flask, shop: AShop, owner: Phone) -> None:
    for number, text in enumerate(packed(VOICE_MAX)):
        holder = factories.a_customer(shop, name=NAMES[number], phone=factories.a_number())
        manager, customer = (
            factories.a_staff(shop, name=NAMES[-1 - number], role="manager"),
            a_reader(app, holder),
        )
        customer.open(f"/c/{shop.code}/voices")
        sound(customer.submit("사장님께 보내기", text=text, status=422), text)
        said: dict[str, Any] = {"shop_id": shop.id, "text": text, "now": factories.now()}
        voice_id = voice.open_voice(**said, customer_id=holder.id, kind="question", once=factories.once())
        voice.answer(**said, staff_id=manager, role="manager", voice_id=voice_id, once=factories.once())
        look(owner, "/owner/voices", NAMES[number])
        look(owner, f"/owner/voices/{voice_id}", text, NAMES[-1 - number])
        look(customer, f"/c/{shop.code}/voices/{voice_id}", text)
        for path in ("", "/inbox", "/voices", "/me"):
            look(customer, f"/c/{shop.code}{path}")
        for path in (f"/owner/people/{holder.id}", f"/owner/panel/{holder.card_id}"):
            look(owner, path, NAMES[number], text[:30])


def test_who_works_there(app: Flask, shop: AShop) -> None:
    ids = {name: factories.a_staff(shop, name=name) for name in NAMES}
    tablet = Phone(app, look=False)
    tablet.keep("staff", factories.a_shared_device(shop)[0])
    owner = Phone(app, look=False).signed_in(shop, shop.owner_id)  # a new password ended every session
    for name, staff_id in ids.items():
        factories.a_pin(shop, staff_id, "4719")
        link = access.mint_link(
            kind="owner", shop_id=shop.id, staff_id=staff_id, lifetime_s=600, now=factories.now()
        )
        access.enter(token=link, user_agent=MEMO, ip=name, is_secure=True, now=factories.now())
        look(owner, f"/owner/more/staff/{staff_id}", name)
        look(tablet, f"/owner/turn/{staff_id}", name)
    look(tablet, "/owner/turn", *NAMES)
    for path in ("/owner/more/staff", "/owner/more/changes", "/owner/more/devices"):
        look(owner, path, *(NAMES if path.endswith("staff") else ()))
    for typed in PAYLOADS:
        owner.open("/owner/more/staff")
        sound(owner.submit("직원 넣기", name=f"{typed} 길어요 길어요 길어요", login=typed, status=422), typed)


# An element of ours comes out of quotes and tags wherever a place forgets to escape; it fits the shortest name.
_WORD = "\"'><x>"


def test_every_page_of_a_shop_whose_every_word_is_a_script(app: Flask) -> None:
    """Places: whatever page there is, whatever table it reads; a full shop has rows in all of them."""
    full = a_full_shop(_WORD, factories.a_number(), is_demo=True)
    with write() as session:
        session.get_one(Shop, full.shop.id).story = _WORD
    owner = Phone(app, look=False).signed_in(full.shop, full.shop.owner_id)
    visitors, showing = (owner, a_reader(app, full.known), Phone(app, look=False)), set()
    for route in routes(app, "GET"):
        if route.rule.endswith("/pdf"):
            continue
        for who in visitors[:1] if route.door.audience == "owner" else visitors[1:]:
            page = who.client.get(route.path(**values_for(full)), base_url=who.base_url)
            if page.mimetype == "text/html" and page.status_code < 400 and page.status_code not in (302, 303):
                seen = sound(Page(page, route.rule))
                showing |= {route.rule} if "<x>" in seen.soup.get_text() else set()
    assert len(showing) > 60, sorted(showing)
