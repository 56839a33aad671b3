"""A word to the owner, from the card to the answer and back, without scripts."""

from __future__ import annotations

from io import BytesIO

from flask import Flask

from app.extensions import db
from app.flows import photo, privacy, voice, voice_fix
from app.reviews import bought_rules
from app.reviews.models import Photo
from app.shops.models import AccessLog
from tests import coupons, factories
from tests import warranties as given
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_voice import opened
from tests.phone import Phone
from tests.world import Clock


def test_a_complaint_from_the_card_to_the_answer(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}")
    phone.tap("사장님께 한마디")
    assert len(phone.submit("사장님께 보내기", status=422).soup.select(".field .error")) == 2
    wrong = phone.submit("사장님께 보내기", text="화장실이 추워요", status=422)
    assert (wrong.value("text"), len(wrong.errors())) == ("화장실이 추워요", 2)
    thread = phone.submit("사장님께 보내기", kind="complaint")
    assert thread.h1 == "사장님께 한마디: 불편"
    clock.advance(hours=3)
    home = owner_phone.open("/owner")
    assert "불편 말씀 1건, 21시간 남았어요" in home.words
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    assert "손님 말씀" not in manager.open("/owner").words
    assert "추워요" not in manager.open("/owner/voices").html
    number = thread.path.rsplit("/", 1)[1]
    manager.open(f"/owner/voices/{number}", status=404)
    owner_phone.open("/owner/voices")
    talk = owner_phone.open(f"/owner/voices/{number}")
    assert (talk.h1, "화장실이 추워요" in talk.words) == ("한지우 님 · 불편", True)
    assert owner_phone.submit("답 보내기", text="", status=422).errors()
    owner_phone.submit("답 보내기", text="오늘 난로를 놓을게요")
    inbox = phone.open(f"/c/{shop.code}/inbox")
    assert "사장님이 답을 남겼어요" in inbox.words
    answered = phone.tap("답 보기")
    assert answered.path == thread.path
    assert "오늘 난로를 놓을게요" in answered.words
    assert "답을 읽었어요" not in phone.submit("답을 읽었어요").words
    owner_phone.open(f"/owner/voices/{number}")
    assert "말씀드렸나요?" not in owner_phone.page.words, "it was answered here"
    assert "해결한 말씀" in owner_phone.submit("해결했어요").words
    assert "더 하실 말씀이 있으면" in phone.open(thread.path).words
    phone.submit("보내기", text="고맙습니다. 그런데 문도 안 닫혀요")
    assert "불편 말씀 1건, 24시간 남았어요" in owner_phone.open("/owner").words
    looked = set(db.session.scalars(db.select(AccessLog.action).where(AccessLog.shop_id == shop.id)))
    assert {"voices", "view"} <= looked


def test_the_open_page_hears_only_what_is_new(
    phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/voices")
    thread = phone.submit("사장님께 보내기", kind="question", text="주차되나요?")
    number = thread.path.rsplit("/", 1)[1]
    for who, lines in ((phone, f"{thread.path}/lines"), (owner_phone, f"/owner/voices/{number}/lines")):
        page = who.open(lines.removesuffix("/lines"))
        asked = page.soup.select_one("#lines")
        assert asked is not None
        assert "throttle:5s" in str(asked["hx-trigger"])
        same = str(asked["hx-get"])
        assert who.open(same, status=204).html == ""
        if who is phone:
            phone.submit("보내기", text="두 대예요")
        else:
            owner_phone.submit("답 보내기", text="네, 두 대 됩니다")
        piece = who.open(same)
        assert "<html" not in piece.html
        assert "두 대" in piece.html


def test_a_thread_of_another_card_or_shop_is_not_there(
    app: Flask, phone: Phone, shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/voices")
    path = phone.submit("사장님께 보내기", kind="idea", text="디카페인도 있으면 좋겠어요").path
    Phone(app).holding(minho).open(path, status=404)
    stranger = Phone(app).signed_in(other_shop, other_shop.owner_id)
    for end in ("", "/lines"):
        stranger.open(f"/owner/voices/{path.rsplit('/', 1)[1]}{end}", status=404)
    assert "디카페인" not in stranger.open("/owner/voices").html


def test_the_counter_remembers_the_last_word(
    app: Flask, owner_phone: Phone, phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/voices")
    phone.submit("사장님께 보내기", kind="complaint", text="컵이 뜨거워요")
    panel = f"/owner/panel/{jiwoo.card_id}"
    assert "컵이 뜨거워요" in owner_phone.open(panel).words
    assert "컵이 뜨거워요" in owner_phone.open(f"/owner/people/{jiwoo.id}").words
    for role in ("manager", "staff"):
        other = Phone(app).signed_in(shop, factories.a_staff(shop, role=role))
        assert "뜨거워요" not in other.open(panel).html
    taken = phone.open(f"/c/{shop.code}/me/text").html
    assert "컵이 뜨거워요" in taken


def test_a_photo_and_a_coupon_in_the_thread(
    phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    kind_id = coupons.a_kind(shop, "recovery")
    form = phone.holding(jiwoo).open(f"/c/{shop.code}/voices?from=letter")
    key = form.soup.select_one("[name=picks]")["value"]
    picked = {"csrf_token": phone.token(), "photo": [(BytesIO(a_jpeg()), "a.jpg")]}
    phone.post(f"/c/{shop.code}/photos/voice/{key}", picked, htmx=True, follow=False, status=204)
    photo.make_waiting(clock=clock)
    phone.open(f"/c/{shop.code}/voices?from=letter&picks={key}")
    # The browser renews the once-key with every press: the photo is the form's all the same.
    thread = phone.submit(
        "사장님께 보내기", kind="complaint", text="국이 식었어요", once="renewed-by-the-browser"
    )
    small = thread.soup.select_one(".said img")["src"]
    number = thread.path.rsplit("/", 1)[1]
    assert phone.open(small).answer.mimetype == "image/webp"
    phone.open(thread.path)
    talk = owner_phone.open(f"/owner/voices/{number}")
    assert owner_phone.open(talk.soup.select_one(".said img")["src"]).answer.mimetype == "image/webp"
    talk = owner_phone.open(f"/owner/voices/{number}?fill=apology")
    assert "죄송해요" in talk.value("text")
    owner_phone.submit("답 보내기", offer=str(kind_id))
    answered = phone.open(thread.path)
    assert "쿠폰 받기" in answered.words
    taken = phone.submit("쿠폰 받기")
    assert ("쿠폰 보기" in taken.words, "쿠폰 받기" in taken.words) == (True, False)
    assert "손님이 받으셨어요" in owner_phone.open(f"/owner/voices/{number}").words
    assert "해결됐다고 하셨어요" in _settled(phone, owner_phone, thread.path, number)


def _settled(phone: Phone, owner_phone: Phone, path: str, number: str) -> str:
    phone.open(path)
    phone.submit("해결됐어요")
    return owner_phone.open(f"/owner/voices/{number}").words


def test_the_owners_desk(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    voice_id = voice.open_voice(
        shop_id=shop.id, customer_id=jiwoo.id, kind="question", text="주차되나요?", once=factories.once(),
        now=factories.now(),
    )  # fmt: skip
    owner_phone.open("/owner/voices/answers")
    assert owner_phone.submit("답 적어 두기", name="", text="", status=422).errors()
    owner_phone.submit("답 적어 두기", name="주차", text="뒷마당에 두 대 대실 수 있어요")
    talk = owner_phone.open(f"/owner/voices/{voice_id}")
    assert [link["data-answer"] for link in talk.soup.select("[data-answer]")] == [
        "뒷마당에 두 대 대실 수 있어요"
    ]
    owner_phone.submit("원인 적어 두기", new_cause="주차")
    assert "주차" in owner_phone.open("/owner/voices/causes").words
    cause = owner_phone.page.soup.select_one("a[href*='/owner/voices/causes/']")["href"]  # type: ignore[union-attr, index]
    owner_phone.open(cause)
    assert owner_phone.submit("고쳤다고 알리기", text="", status=422).errors()
    owner_phone.submit("고쳤다고 알리기", text="주차 안내판을 세웠어요")
    assert voice_fix.tell_waiting(clock=factories.now) == 1
    assert "1분께 전했어요" in owner_phone.open(cause).words
    owner_phone.open("/owner/voices/heard")
    wrong = owner_phone.submit(
        "적어 두기", text="시끄럽대요", who="아무개", kind="complaint", source="spoken", status=422
    )
    assert (wrong.value("text"), len(wrong.errors())) == ("시끄럽대요", 2)
    heard = owner_phone.submit("적어 두기", who="한지우")
    assert "가게에서 들은 말" in heard.words
    assert "제때 답하신 말씀은 없어요" in owner_phone.open("/owner/voices/results").words


def test_staff_find_what_was_handed_to_them(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    voice_id = voice.open_voice(
        shop_id=shop.id, customer_id=jiwoo.id, kind="question", text="주차되나요?", once=factories.once(),
        now=factories.now(),
    )  # fmt: skip
    staff_id = factories.a_staff(shop, name="박직원")
    staff = Phone(app).signed_in(shop, staff_id)
    staff.open(f"/owner/voices/{voice_id}", status=404)
    assert "맡은 손님 말씀" not in staff.open("/owner").words
    owner_phone.open(f"/owner/voices/{voice_id}")
    wrong = owner_phone.submit("맡기기", to_staff="", status=422)
    assert [each.get_text(strip=True) for each in wrong.soup.select(".field .error")] == [
        "맡길 분을 골라 주세요."
    ]
    owner_phone.submit("맡기기", to_staff=str(staff_id))
    assert "박직원 님이 맡았어요" in owner_phone.open(f"/owner/voices/{voice_id}").words
    assert "맡은 손님 말씀" in staff.open("/owner").words
    assert "주차되나요?" in staff.open("/owner/voices").words
    talk = staff.open(f"/owner/voices/{voice_id}")
    assert "해결했어요" not in talk.words
    staff.submit("답 보내기", text="네, 뒷마당에 대시면 돼요")
    assert "맡은 손님 말씀" not in staff.open("/owner").words


def test_a_repair_in_the_hands_of_staff_leads_to_its_certificate(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    serial = given.issued(shop, jiwoo, given.a_kind(shop))
    voice_id = given.asked(shop, jiwoo, serial)
    staff_id = factories.a_staff(shop)
    owner_phone.open(f"/owner/voices/{voice_id}")
    owner_phone.submit("맡기기", to_staff=str(staff_id))
    staff = Phone(app).signed_in(shop, staff_id)
    talk = staff.open(f"/owner/voices/{voice_id}")
    assert talk.soup.select_one("main .list a[href^='/owner/repairs/']") is None
    assert "원목 의자 보증서" in staff.open(f"/owner/warranties/{serial}").words
    assert talk.soup.select_one(f"main .list a[href='/owner/warranties/{serial}']") is not None


def test_the_desk_is_read_page_by_page(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    for number in range(23):
        voice.open_voice(
            shop_id=shop.id, customer_id=jiwoo.id, kind="idea" if number % 2 else "question",
            text=f"말씀 {number:02d}", once=factories.once(), now=factories.now(),
        )  # fmt: skip
    first = owner_phone.open("/owner/voices?unanswered=1")
    onward = next(link["href"] for link in first.soup.select("a.button") if "더 보기" in link.text)
    then = owner_phone.open(str(onward))
    seen = [
        link.text for page in (first, then) for link in page.soup.select("ul.list:not(.rows) a:has(.chip)")
    ]
    assert len(seen) == len(set(seen)) == 23
    assert "말씀 살피기" not in then.words
    only = owner_phone.open("/owner/voices?kind=idea&unanswered=1")
    assert len(only.soup.select("ul.list:not(.rows) a:has(.chip)")) == 11
    assert "답을 기다리는 말씀이 없어요" in owner_phone.open("/owner/voices?kind=praise&unanswered=1").words


def test_the_way_back_is_where_one_came_from(owner_phone: Phone, shop: AShop, jiwoo: ACustomer) -> None:
    opened(shop, jiwoo)
    for path, words in (
        ("/owner/voices?at=home", "홈"),
        ("/owner/voices", "더보기"),
        ("/owner/repairs", "보증서"),
    ):
        assert owner_phone.open(path).soup.select_one("a.back").text.strip() == words, path  # type: ignore[union-attr]
    assert owner_phone.open("/owner").soup.select_one("a[href='/owner/voices?at=home']")


def test_an_answer_that_buys_a_review_comes_back_as_typed(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    voice_id, typed = opened(shop, jiwoo), "네이버에 리뷰를 남겨 주시면 커피를 드릴게요"
    owner_phone.open(f"/owner/voices/{voice_id}")
    refused = owner_phone.submit("답 보내기", text=typed, status=422)
    assert (refused.value("text"), refused.errors()[-1]) == (typed, bought_rules.FOR_OUTSIDE)
    owner_phone.open("/owner/voices/answers")
    refused = owner_phone.submit("답 적어 두기", name="리뷰", text=typed, status=422)
    assert refused.value("text") == typed


def test_the_shop_sends_a_photo_that_only_its_customer_sees(
    app: Flask,
    phone: Phone,
    owner_phone: Phone,
    shop: AShop,
    jiwoo: ACustomer,
    minho: ACustomer,
    clock: Clock,
) -> None:
    voice_id = opened(shop, jiwoo)
    form = owner_phone.open(f"/owner/voices/{voice_id}")
    key = form.soup.select_one("[name=picks]")["value"]  # type: ignore[index]
    where = f"/owner/voices/{voice_id}/picks/{key}"
    sent = {"csrf_token": owner_phone.token(), "photo": [(BytesIO(a_jpeg()), "a.jpg")]}
    ref = owner_phone.post(where, sent, htmx=True, follow=False, status=204).answer.headers["X-Photo"]
    photo.make_waiting(clock=clock)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open(where, status=404)  # a complaint is the owner's, and so is what hangs on it
    phone.holding(jiwoo).open(f"/c/{shop.code}/photos/answer/{key}", status=404)
    assert owner_phone.open(f"{where}/{ref}").answer.mimetype == "image/webp"
    owner_phone.open(f"/owner/voices/{voice_id}?picks={key}")
    owner_phone.submit("답 보내기", text="새로 끓인 국이에요", once="renewed-by-the-browser")
    seen = phone.open(f"/c/{shop.code}/voices/{voice_id}")
    small = str(seen.soup.select_one(".said img")["src"])  # type: ignore[index]
    assert phone.open(small).answer.mimetype == "image/webp"
    Phone(app).holding(minho).open(small, status=404)
    assert "가게의 답 · 사진 1장" in phone.open(f"/c/{shop.code}/me/text").html
    # Without scripts the files come with the form; what is no photo says so, and the words stay.
    owner_phone.open(f"/owner/voices/{voice_id}")
    typed = {"csrf_token": owner_phone.token(), "text": "하나 더요", "once": factories.once()}
    files = {"photo": [(BytesIO(b"no photo"), "a.jpg")]}
    wrong = owner_phone.post(f"/owner/voices/{voice_id}", typed | files, status=422)
    assert (wrong.value("text"), len(wrong.errors())) == ("하나 더요", 1)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert db.session.scalar(db.select(db.func.count(Photo.id))) == 0


def test_the_owner_sets_the_clock_and_calls_a_cause_anew(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    owner_phone.open("/owner/voices/settings")
    assert owner_phone.submit("저장하기", hours="7", status=422).errors()
    assert "3시간" in owner_phone.submit("저장하기", hours="3").words
    assert "불편 말씀에 답하는 시간을 3시간으로 정했어요" in owner_phone.open("/owner/more/changes").words
    voice_id = opened(shop, jiwoo)
    owner_phone.open(f"/owner/voices/{voice_id}")
    owner_phone.submit("원인 적어 두기", new_cause="주차장")
    causes = owner_phone.open("/owner/voices/causes")
    path = causes.soup.select_one("a[href*='/owner/voices/causes/']")["href"]  # type: ignore[index]
    assert "답을 기다려요" in owner_phone.open(str(path)).words
    owner_phone.open(f"{path}/name")
    taken = owner_phone.submit("이름 바꾸기", name="맛", status=422)
    assert "이미 있어요" in taken.errors()[-1]
    assert "맛: 고쳤어요" in owner_phone.submit("‘맛’으로 합치기").h1
    owner_phone.open(f"{owner_phone.page.path}/name")  # type: ignore[union-attr]
    assert "온도감: 고쳤어요" in owner_phone.submit("이름 바꾸기", name="온도감").h1
