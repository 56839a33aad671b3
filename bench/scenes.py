"""What `make screenshots` shows: one scene a picture, in the order of a day at the shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.cards import counter
from app.cards.counter import Panel
from app.coupons import queries as coupons
from app.customers import queries as people
from app.customers import roster
from app.flows.handover import offer_card
from app.flows.unit import write
from app.kit.clock import utc_now
from app.shops import queries as shops
from app.shops import tablets
from bench import board_scenes, news_scenes, review_scenes, tester_scenes, voice_scenes, warranty_scenes
from bench.stage import Demo, Scene, Visitor


def _enter(visitor: Visitor) -> None:
    visitor.open(visitor.demo.links["owner"])
    visitor.press("들어가기")
    visitor.page.wait_for_url("**/owner")


def _enter_stall(visitor: Visitor) -> None:
    visitor.open(visitor.demo.links["2nd owner"])
    visitor.press("들어가기")
    visitor.page.wait_for_url("**/owner")
    visitor.open("/owner/more/card")


def _join(visitor: Visitor) -> None:
    visitor.open(visitor.demo.links["customer"])


def _card(visitor: Visitor) -> None:
    """Take the card of a regular along into this browser, as the link out of KakaoTalk does."""
    visitor.open(_bring_link(visitor.demo, _seven_stamps))
    visitor.press("카드 열기")
    visitor.page.wait_for_url("**/c/*")
    visitor.page.locator("button[data-qr] canvas").wait_for()


def _seven_stamps(seen: Panel, _now: datetime) -> bool:
    return seen.balance == 7 and bool(seen.name) and seen.goal == 10 and not seen.rewards


def _two_coupons(seen: Panel, now: datetime) -> bool:
    shop = shops.first_shop()
    assert shop is not None
    return len(coupons.living(shop_id=shop.id, customer_id=seen.customer_id, now=now, limit=2)) == 2


def _coupons(visitor: Visitor) -> None:
    """Somebody with two coupons looks at them."""
    visitor.open(_bring_link(visitor.demo, _two_coupons))
    visitor.press("카드 열기")
    visitor.page.wait_for_url("**/c/*")
    visitor.open(f"/c/{visitor.demo.shop_code}/coupons")


def _bring_link(demo: Demo, fits: Callable[[Panel, datetime], bool]) -> str:
    """Return the link that opens the card of the first person in the list who fits. Raises LookupError."""
    app = demo.app
    with app.app_context():
        now, shop = app.config["CLOCK"](), shops.first_shop()
        assert shop is not None
        after = None
        while True:
            page = roster.people(shop_id=shop.id, after=after)
            for line in page.lines:
                card_id = counter.card_of_customer(shop_id=shop.id, customer_id=line.id)
                seen = card_id and counter.panel(shop_id=shop.id, card_id=card_id, now=now)
                if seen and fits(seen, now):
                    browsers = people.browsers_of(shop_id=shop.id, customer_id=line.id)
                    token = offer_card(
                        shop_id=shop.id,
                        customer_id=line.id,
                        browsers=browsers,
                        master=app.config["MASTER_KEY"],
                        now=now,
                    )
                    return f"/s/{shop.code}/open/{token}"
            if page.after is None:
                raise LookupError(f"nobody in the demo fits: {fits.__name__}")
            after = page.after


def _ask(visitor: Visitor) -> None:
    visitor.press("도장 받기")
    visitor.page.locator("[data-waiting]").wait_for()


def _owner(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.open(path)


def _stamp(visitor: Visitor) -> None:
    visitor.open("/owner/stamps")
    visitor.press("도장 찍기", nth=-1)
    visitor.page.locator(".guest").wait_for()


def _phone(visitor: Visitor) -> None:
    visitor.open(visitor.demo.links["phone"])


def _invite(visitor: Visitor) -> None:
    """Make the regular's own link, with its QR."""
    visitor.open(f"/c/{visitor.demo.shop_code}/friends")
    visitor.press("내 초대 링크 만들기")
    visitor.page.locator("#invite-link").wait_for()


def _review(visitor: Visitor) -> None:
    """The regular writes about today's visit; nothing is sent yet."""
    visitor.open(f"/c/{visitor.demo.shop_code}")
    visitor.page.get_by_role("link", name="내 후기").click()
    visitor.page.get_by_role("button", name="후기 쓰기").first.click()
    visitor.page.wait_for_url("**/r/*")
    visitor.page.locator("input[name=stars][value='5']").check(force=True)
    visitor.page.locator("input[name=mood][value=good]").check(force=True)
    visitor.page.fill("#text", "오늘도 연하게 내려 주셔서 고마웠어요. 창가에 앉으니 하루가 천천히 가네요.")


def _reviews(visitor: Visitor) -> None:
    """Send it, and look at what everybody sees."""
    visitor.press("후기 남기기")
    visitor.page.wait_for_url("**/thanks")
    visitor.open(f"/s/{visitor.demo.shop_code}/reviews")


def _campaign(visitor: Visitor) -> None:
    """The owner writes to everybody; the words as a real person would read them stand below."""
    visitor.open("/owner/campaigns/new")
    visitor.page.get_by_text("모든 손님").first.click()
    visitor.press("다음")
    visitor.page.wait_for_url("**/text")
    visitor.page.fill("#text", "{이름} 님, 겨울 메뉴 흑임자라떼를 다시 내려요. 따뜻하게 한 잔 하러 오세요.")
    visitor.page.locator("#preview .bubble").wait_for()


def _campaign_check(visitor: Visitor) -> None:
    """On to what is seen before it goes."""
    for step in ("time", "check"):
        visitor.press("다음")
        visitor.page.wait_for_url(f"**/{step}")


def _letter(visitor: Visitor) -> None:
    _person(visitor)
    visitor.open(visitor.page.url + "/letter")
    visitor.page.fill("main textarea", "오늘 구운 휘낭시에예요. 창가 자리 비워 둘게요.")


def _gate(visitor: Visitor) -> None:
    _person(visitor)
    visitor.open(visitor.page.url + "/sending")


def _opt_out(visitor: Visitor) -> None:
    """The link at the end of an ad, in somebody's texts."""
    _phone(visitor)
    link = visitor.page.locator("a[href*='/o/']").first.get_attribute("href") or ""
    visitor.open("/o/" + link.rpartition("/o/")[2])


def _my_cards(visitor: Visitor) -> None:
    """Somebody new takes a card of both shops."""
    # The first shop gives something for a number; its other button asks for none.
    for label, button in (("customer", "번호 없이 카드만 받기"), ("2nd join", "카드 받기")):
        visitor.open(visitor.demo.links[label])
        visitor.press(button)
        visitor.page.wait_for_url("**/c/*")
    visitor.open("/?all=1")


def _person(visitor: Visitor) -> None:
    visitor.open("/owner/people")
    visitor.page.locator("main a[href*='/owner/people/']").nth(3).click()
    visitor.page.wait_for_url("**/owner/people/*")


def _of_card(page: str) -> Callable[[Visitor], None]:
    def play(visitor: Visitor) -> None:
        visitor.open(f"/c/{visitor.demo.shop_code}/{page}")

    return play


def _lost(visitor: Visitor) -> None:
    visitor.open(f"/s/{visitor.demo.shop_code}/restore")


def _paper(visitor: Visitor) -> None:
    visitor.open("/owner/paper")
    visitor.page.locator("main a[href*='/owner/paper/']").first.click()
    visitor.page.wait_for_url("**/owner/paper/*")


def _kiosk(visitor: Visitor) -> None:
    """A tablet for customers, as it waits for a number."""
    with visitor.demo.app.app_context(), write() as session:
        shop = shops.shop_by_code(visitor.demo.shop_code)
        assert shop is not None
        token = tablets.add_kiosk(
            session,
            shop_id=shop.id,
            staff_id=shops.owner_of(shop.id) or 0,
            user_agent="iPad Safari",
            is_secure=True,
            now=utc_now(),
        )
    secure = visitor.demo.base_url.replace("http:", "https:")
    visitor.page.context.add_cookies(
        [{"name": "__Host-kiosk", "value": token, "url": secure, "secure": True, "httpOnly": True}]
    )
    visitor.open("/kiosk")
    visitor.page.locator("[data-codes] canvas").wait_for()


def _bring(visitor: Visitor, name: str, text: str, heading: str) -> None:
    """Bring a file of orders, and wait until the worker has looked at it."""
    visitor.open("/owner/imports")
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    visitor.page.set_input_files("#file", [file])  # type: ignore[list-item]
    visitor.press("파일 올리기")
    visitor.page.locator("h1", has_text=heading).wait_for()


def _columns(visitor: Visitor) -> None:
    """A notebook of orders whose titles nobody else uses."""
    lines = ("산 날,사신 분,연락,무엇을,낸 돈", "2026-11-20,김민지,010-2345-6789,감귤청,18000")
    _bring(visitor, "주문 장부.csv", "\n".join(lines), "어느 열인지")
    visitor.press("주문 내역")
    visitor.page.wait_for_url("**kind=*")


def _dry_run(visitor: Visitor) -> None:
    """Orders with titles that are known: what would come in, and what would not."""
    people = (("김민지", "010-2345-6789"), ("박서연", "010-3456-7890"), ("이도윤", ""))
    lines = ["주문일,이름,휴대폰,상품,수량,금액,주소"]
    lines += [
        f"2026-11-{20 - day},{name},{phone},감귤청,2,18000,제주시" for name, phone in people for day in (0, 7)
    ]
    _bring(visitor, "가을 주문.csv", "\n".join([*lines, ",,,,,,"]), "이렇게 가져올게요")


SCENES = [
    Scene("home", "owner", _enter),
    Scene("join", "newcomer", _join),
    Scene("card", "customer", _card),
    Scene("asking", "customer", _ask),
    Scene("counter", "owner", _owner("/owner/stamps")),
    Scene("panel", "owner", _stamp),
    Scene("people", "owner", _owner("/owner/people")),
    Scene("roster", "owner", _owner("/owner/people?q=ㄱㅁ")),
    Scene("person", "owner", _person),
    Scene("invite", "customer", _invite),
    Scene("review", "customer", _review),
    Scene("shop-reviews", "customer", _reviews),
    Scene("reviews", "owner", _owner("/owner/reviews")),
    *review_scenes.SCENES,
    *board_scenes.SCENES,
    *voice_scenes.SCENES,
    *tester_scenes.SCENES,
    Scene("messages", "owner", _owner("/owner/messages")),
    Scene("come-back", "owner", _owner("/owner/messages/come_back")),
    Scene("sending", "owner", _owner("/owner/messages/phone")),
    Scene("phone", "onlooker", _phone),
    Scene("opt-out", "reader", _opt_out),
    Scene("gate", "owner", _gate),
    Scene("letter", "owner", _letter),
    Scene("campaign", "owner", _campaign),
    Scene("campaign-check", "owner", _campaign_check),
    Scene("letters", "owner", _owner("/owner/messages/history")),
    Scene("results", "owner", _owner("/owner/messages/results")),
    Scene("budget", "owner", _owner("/owner/messages/budget")),
    Scene("connect", "owner", _owner("/owner/more/sending/solapi/keys")),
    Scene("flow", "owner", _owner("/owner/insights")),
    Scene("groups", "owner", _owner("/owner/groups")),
    Scene("silent", "owner", _owner("/owner/groups/silent")),
    Scene("group-builder", "owner", _owner("/owner/groups/new")),
    Scene("imports", "owner", _owner("/owner/imports")),
    Scene("import-columns", "owner", _columns),
    Scene("import-check", "owner", _dry_run),
    Scene("programs", "owner", _owner("/owner/more/programs")),
    Scene("my-cards", "newcomer", _my_cards),
    Scene("print", "owner", _owner("/owner/print")),
    Scene("poster", "owner", _owner("/owner/print/poster")),
    Scene("staff", "owner", _owner("/owner/more/staff")),
    Scene("friend-settings", "owner", _owner("/owner/more/friends")),
    Scene("friends", "owner", _owner("/owner/friends")),
    Scene("closing", "owner", _owner("/owner/closing")),
    Scene("tiers", "owner", _owner("/owner/more/tiers")),
    Scene("my-tier", "customer", _of_card("tier")),
    Scene("history", "customer", _of_card("visits")),
    Scene("inbox", "customer", _of_card("inbox")),
    Scene("coupons", "owner", _owner("/owner/coupons")),
    Scene("my-coupons", "guest", _coupons),
    Scene("statement", "customer", _of_card("me/statement")),
    Scene("lost", "stranger", _lost),
    Scene("offline", "owner", _owner("/owner/offline")),
    *warranty_scenes.SCENES,
    Scene("card-rule", "stallholder", _enter_stall),
    Scene("days", "stallholder", _owner("/owner/more/days")),
    Scene("paper", "stallholder", _paper),
    Scene("counter-qr", "owner", _owner("/owner/counter")),
    Scene("kiosk", "tablet", _kiosk, (1180, 820)),
    *news_scenes.SCENES,
]
