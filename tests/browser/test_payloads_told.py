"""S07, what people tell each other: scripts in every review, answer, word and name of who works there."""

from __future__ import annotations

from playwright.sync_api import FilePayload

from app.flows import access, second_step, voice
from app.reviews import queries
from app.reviews.rules import REPLY_MAX, TEXT_MAX
from app.voices.rules import TEXT_MAX as VOICE_MAX
from tests import factories
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.browser.injection import look, nothing_injected, refused, save
from tests.factories import AShop
from tests.flows.test_review import an_ask
from tests.kit import hostile
from tests.payloads import PAYLOADS, fitting, packed

SHORT = fitting(20)
REVIEWS, ANSWERS, VOICES = (packed(most)[:1] for most in (TEXT_MAX, REPLY_MAX, VOICE_MAX))
_MAP = "https://map.naver.com/p/\"'><script>alert(1)</script><x/onload=alert(1)>"


def photos() -> list[FilePayload]:
    """Return a photo and a text whose names are scripts."""
    named = [("<svg onload=alert()>.jpg", hostile.encoded()), ('"><img src=x onerror=alert(1)>.jpg', b"x")]
    return [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in named]


def write_review(phone: Handset, token: str, text: str) -> None:
    """Forget the stars, then leave the review, with the same words to the owner alone."""
    phone.open(f"/r/{token}")
    refused(phone, "후기 남기기", text=text)
    phone.page.get_by_label("3점").check()
    phone.press("후기 남기기")
    phone.page.wait_for_url("**/thanks")
    save(phone, "사장님께 전하기", text=text[:VOICE_MAX])
    nothing_injected(phone, "the thanks")


def test_reviews_and_what_the_shop_answers(handset: NewHandset, shop: AShop) -> None:
    owner, stranger = handset(staff=shop), handset()
    owner.open("/owner/more/reviews")
    refused(owner, hashtag="<svg onload=alert()>", google_url='javascript:"onfocus=alert() x="')
    owner.open("/owner/more/reviews")
    save(owner, hashtag="달빛커피", naver_url=_MAP)
    for name, text in zip(SHORT, REVIEWS, strict=False):
        holder = factories.a_customer(shop, name=name, phone=factories.a_number())
        token, customer = an_ask(shop, holder), handset(card=holder)
        customer.open(f"/r/{token}")
        customer.page.locator("input[type=file]").set_input_files(photos())
        customer.page.locator(".refused", has_text="사진이 아니에요").wait_for()
        customer.page.locator("#picked img").wait_for()
        nothing_injected(customer, "the photos")
        write_review(customer, token, text)
    for answer in ANSWERS:  # each takes the place of the one before
        owner.open(f"/owner/reviews/{queries.reviews(shop.id).lines[0].id}")
        owner.page.locator("article details.answer").evaluate("(fold) => { fold.open = true }")
        owner.page.locator("article textarea").fill(answer)
        owner.press("답글 남기기")
        owner.page.locator("#toasts").get_by_text("답글을 남겼어요").wait_for()
        nothing_injected(owner, "the answer in place")
        look(stranger, f"/s/{shop.code}/reviews", answer, *REVIEWS)
    for path in (f"/c/{shop.code}/reviews", f"/r/{token}"):
        look(customer, path, text, answer)
    look(customer, f"/c/{shop.code}/voices", text[:40])
    look(stranger, f"/s/{shop.code}", answer, *REVIEWS)
    look(owner, "/owner/reviews", answer, *REVIEWS, *SHORT[: len(REVIEWS)])
    look(owner, "/owner/voices", *SHORT[: len(REVIEWS)])
    for path in ("/owner", "/owner/messages/history"):
        look(owner, path)


def test_words_to_the_owner_and_back(handset: NewHandset, shop: AShop) -> None:
    holder = factories.a_customer(shop, name=SHORT[4], phone=factories.a_number())
    owner, customer = handset(staff=shop), handset(card=holder)
    manager = factories.a_staff(shop, name=SHORT[5], role="manager")
    for text in VOICES:
        customer.open(f"/c/{shop.code}/voices")
        refused(customer, "사장님께 보내기", text=text)
        customer.page.get_by_label("문의").check()
        customer.press("사장님께 보내기")
        customer.page.locator("#lines").wait_for()
        thread = customer.page.url.removeprefix(customer.base_url)
        number = int(thread.rsplit("/", 1)[1])
        look(owner, "/owner/voices", text[:40], SHORT[4])
        owner.open(f"/owner/voices/{number}")
        save(owner, "답 보내기", text=text)
        voice.answer(
            shop_id=shop.id, staff_id=manager, role="manager", voice_id=number, text=text,
            once=factories.once(), now=factories.now(),
        )  # fmt: skip
        look(owner, f"/owner/voices/{number}", text, SHORT[5])
        look(customer, thread, text)
    for path in ("", "/inbox", "/voices", "/me"):
        look(customer, f"/c/{shop.code}{path}")
    for path in ("/owner", "/owner/voices", f"/owner/people/{holder.id}"):
        look(owner, path, *([SHORT[4]] if path != "/owner" else []))
    look(owner, f"/owner/panel/{holder.card_id}", VOICES[-1][:30])


def test_who_works_there(handset: NewHandset, shop: AShop) -> None:
    owner, names = handset(staff=shop), SHORT[:2]
    for number, name in enumerate(names):
        owner.open("/owner/more/staff")
        save(owner, "직원 넣기", name=name, login=f"s{shop.id}-{number}", password="문장처럼 긴 비밀번호")
    owner.open("/owner/more/staff")
    refused(owner, "직원 넣기", name=PAYLOADS[30][:40], login="<svg/onload=a>")  # longer than a name may be
    hrefs = owner.page.locator("main .list a[href*='/owner/more/staff/']").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    ids = {int(href.rsplit("/", 1)[1]) for href in hrefs} - {shop.owner_id}
    for staff_id in ids:
        factories.a_pin(shop, staff_id, "4719")
    for agent in (PAYLOADS[0], PAYLOADS[27]):
        link = access.mint_link(
            kind="owner", shop_id=shop.id, staff_id=min(ids), lifetime_s=600, now=factories.now()
        )
        access.enter(token=link, user_agent=agent, ip=agent, is_secure=True, now=factories.now())
    for path in ("/owner/more/staff", "/owner/more/changes"):
        look(owner, path, *names)
    for path in (f"/owner/more/staff/{min(ids)}", "/owner/more/devices"):
        look(owner, path, names[0])
    second_step.begin(shop_id=shop.id, staff_id=shop.owner_id, master=factories.master(), now=factories.now())
    look(owner, "/owner/more/second-step")
    assert str(owner.page.locator("a[href^=otpauth]").get_attribute("href")).startswith("otpauth://totp/")
    tablet = handset()
    tablet.keep("staff", factories.a_shared_device(shop)[0])
    look(tablet, "/owner/turn", *names)
    look(tablet, f"/owner/turn/{min(ids)}", names[0])
    tablet.page.fill("#pin", "4719")
    tablet.press("확인")
    tablet.page.get_by_text("님이 쓰고 있어요").wait_for()
    look(tablet, "/owner/stamps", names[0])
