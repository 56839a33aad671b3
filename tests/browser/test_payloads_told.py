"""S07, what people tell each other: scripts in every review, answer, word and name of who works there."""

from __future__ import annotations

from playwright.sync_api import FilePayload

from app.flows import access, board, second_step, story, voice
from app.reviews import queries
from app.reviews.rules import REPLY_MAX, TEXT_MAX
from app.voices.rules import TEXT_MAX as VOICE_MAX
from tests import factories, trying
from tests import warranties as given
from tests.browser.conftest import NewHandset
from tests.browser.handset import Handset
from tests.browser.injection import look, nothing_injected, refused, save
from tests.factories import AShop
from tests.flows.test_event import an_event, entered
from tests.flows.test_notices import shown
from tests.flows.test_review import an_ask
from tests.flows.test_story import decided, sent
from tests.kit import hostile
from tests.payloads import PAYLOADS, fitting, packed

SHORT = fitting(20)
REVIEWS, ANSWERS, VOICES = (packed(most)[:1] for most in (TEXT_MAX, REPLY_MAX, VOICE_MAX))
_POST = "https://www.instagram.com/p/Cxyz_12-a/"
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


def test_what_is_shown_among_each_other_tried_and_promised(handset: NewHandset, shop: AShop) -> None:
    short, line, long = packed(40)[-1], packed(58)[-1], packed(300)[0]
    holder = factories.a_customer(shop, name=SHORT[6], phone=factories.a_number())
    factories.a_stamp(shop, holder.card_id)
    decided(shop, has_board=True, checks_first=False)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    mine = {"shop_id": shop.id, "customer_id": holder.id, "now": factories.now()}
    news, story_id = shown(shop, title=short, text=long), sent(holder, photos=0, text=long, link=_POST)
    story.comment(shop_id=shop.id, story_id=story_id, text=long, now=factories.now())
    event_id = an_event(shop, title=short, prize=short, text=long)
    entered(holder, event_id)
    post_id = board.post(**mine, title=short, text=long, once=factories.once())
    board.comment(**mine, post_id=post_id, text=long, once=factories.once())
    asked = board.ask(**mine, text=long, product_id=None, once=factories.once())
    board.answer(**own, question_id=asked, text=long)
    row = trying.a_programme(shop, product=line, about=long)
    trying.apply(row, holder)
    serial = given.issued(shop, holder, given.a_kind(shop, name=line, covers=long, care=long))
    owner, customer, stranger = handset(staff=shop), handset(card=holder), handset()
    for at, told in (
        (f"notices/{news}", (short, long)),
        ("stories", (long,)),
        (f"events/{event_id}", (short, long)),
        ("questions", (long,)),
        (f"testers/{row.ref}", (line, long)),
    ):
        look(stranger, f"/s/{shop.code}/{at}", *told)
    for at, told in (("", ()), (f"board/{post_id}", (short, long)), (f"warranties/{serial}", (line, long))):
        look(customer, f"/c/{shop.code}{'/' * bool(at)}{at}", *told)
    look(stranger, f"/w/{given.row(serial).check_ref}", line, long)
    for at, told in (
        (f"events/{event_id}", (short, long)),
        (f"stories/{story_id}", (long,)),
        (f"board/{post_id}", (short, long)),
        (f"testers/{row.id}", (line,)),
        (f"warranties/{serial}", (line,)),
        (f"people/{holder.id}/timeline", (short, SHORT[6])),
    ):
        look(owner, f"/owner/{at}", *told)


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
