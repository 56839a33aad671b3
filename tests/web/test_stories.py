"""손님 사진, 질문과 답 and the board, from the card to everybody's eyes and back, without scripts."""

from __future__ import annotations

from io import BytesIO

from flask import Flask, render_template
from PIL import Image

from app.cards.models import Card
from app.extensions import db
from app.flows import board, own_card, photo, story
from app.shops import queries as shops
from app.web.public import board_parts
from tests import factories, trying
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop
from tests.flows.test_event import an_event
from tests.flows.test_story import decided, sent
from tests.phone import Phone
from tests.world import PUBLIC_URL, Clock


def test_a_photo_from_the_card_to_the_gallery_and_back(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/stories")
    form = phone.tap("사진 올리기")
    assert not form.soup.select("#agrees[checked]"), "nobody agrees for them"
    wrong = phone.submit("가게에 보내기", text="집에서 끓였어요", status=422)
    assert (wrong.value("text"), len(wrong.soup.select(".field .error"))) == ("집에서 끓였어요", 1)
    wrong = phone.submit("가게에 보내기", sort="cook", status=422)
    assert "사진을 한 장 이상" in wrong.words
    fields = {
        "csrf_token": phone.token(), "once": wrong.value("once"), "sort": "cook", "text": "집에서 끓였어요",
        "link": "https://www.instagram.com/p/Cxyz/", "agrees": "y", "photo": [(BytesIO(a_jpeg()), "a.jpg")],
    }  # fmt: skip
    mine = phone.post(f"/c/{shop.code}/stories/new", fields)
    number = mine.path.rsplit("/", 1)[1]
    photo.make_waiting(clock=clock)
    at, stranger = f"/s/{shop.code}/stories/{number}", Phone(app)
    stranger.open(at, status=404)
    assert "손님 사진 1장을 기다려요" in owner_phone.open("/owner").words
    seen = owner_phone.open(f"/owner/stories/{number}")
    large = str(seen.soup.select("a:has(img.photo)")[0]["href"])
    assert owner_phone.open(large).answer.mimetype == "image/webp"
    owner_phone.open(f"/owner/stories/{number}")
    assert "댓글을 달았어요" in owner_phone.submit("댓글 달았어요").words
    owner_phone.submit("댓글 남기기", text="보글보글 맛있겠어요")
    assert "가게 화면에 보여요" in owner_phone.submit("가게 화면에 보여 주기").words

    page = stranger.open(at)
    head = {str(tag["property"]): str(tag["content"]) for tag in page.soup.select("meta[property]")}
    assert head["og:image"] == f"{PUBLIC_URL}{at}/picture"
    picture = stranger.open(f"{at}/picture")
    assert Image.open(BytesIO(picture.answer.get_data())).size == (1200, 630)
    assert ("한*우 님" in page.words, "지우" in page.html) == (True, False)
    shown = str(page.soup.select("img.photo")[0]["src"])
    assert stranger.open(shown).answer.mimetype == "image/webp"
    frame = stranger.open(f"/s/{shop.code}/gallery")
    policy = frame.answer.headers["Content-Security-Policy"]
    assert ("frame-ancestors https:" in policy, "script" in frame.html) == (True, False)
    assert frame.soup.select(".photos img")
    assert "frame-ancestors 'none'" in page.answer.headers["Content-Security-Policy"]

    assert "사장님이 답을" in phone.open(f"/c/{shop.code}/inbox").words
    assert "보글보글 맛있겠어요" in phone.tap("답 보기").words
    phone.submit("그만 보여 주기")
    for gone in (at, f"{at}/picture", shown):
        stranger.open(gone, status=404)
    assert not stranger.open(f"/s/{shop.code}/gallery").soup.select(".photos img")
    phone.open(f"/c/{shop.code}/stories/{number}")
    assert "아직 올린 사진이 없어요" in phone.submit("지우기").words
    owner_phone.open(large, status=404)


def test_a_question_and_its_answer(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/questions")
    assert phone.submit("물어보기", status=422).errors()
    phone.submit("물어보기", text="주차되나요?")
    assert "질문 1건" in owner_phone.open("/owner").words
    owner_phone.open("/owner/questions")
    owner_phone.open(owner_phone.page.soup.select("main .list li a[href*='/owner/questions/']")[0]["href"])  # type: ignore[union-attr,arg-type]
    assert owner_phone.submit("답 남기기", text=" ", status=422).errors()
    owner_phone.submit("답 남기기", text="네, 두 대 됩니다")
    assert "네, 두 대 됩니다" in Phone(app).open(f"/s/{shop.code}/questions").words
    phone.open(f"/c/{shop.code}/inbox")
    phone.tap("답 보기")
    assert "아직" not in phone.submit("지우기").h1
    assert "주차되나요" not in Phone(app).open(f"/s/{shop.code}/questions").words


def test_the_board_is_the_regulars_own(
    app: Flask, phone: Phone, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer
) -> None:
    phone.holding(jiwoo).open(f"/c/{shop.code}/board", status=404)
    owner_phone.open("/owner/more/board")
    owner_phone.submit("저장하기", has_board=True)
    phone.open(f"/c/{shop.code}")
    phone.tap("단골 게시판")
    for at in ("board", "board/new"):  # told before anything is typed
        told = phone.open(f"/c/{shop.code}/{at}").words
        assert ("도장을 한 번이라도" in told, "올리기" in told) == (True, False)
    phone.open(f"/c/{shop.code}/questions")
    typed = {"csrf_token": phone.token(), "title": "오늘 라떼", "text": "맛있었어요"}
    refused = phone.post(f"/c/{shop.code}/board/new", typed, status=422)
    assert ("도장을 한 번이라도" in refused.words, refused.value("text")) == (True, "맛있었어요")
    factories.a_stamp(shop, jiwoo.card_id)
    phone.open(f"/c/{shop.code}/board")
    phone.tap("글 쓰기")
    post = phone.submit("올리기", title="오늘 라떼", text="맛있었어요")
    assert post.h1 == "오늘 라떼"
    Phone(app).open(post.path, follow=False, status=302)
    other = Phone(app).holding(minho)
    other.open(post.path)
    other.tap("신고하기")
    assert other.submit("신고하기", status=422).errors()
    assert other.submit("신고하기", cause="ad").path == post.path, "they read on where they were"
    assert "신고하셨어요" in other.page.words  # type: ignore[union-attr]
    assert "신고된 글과 사진" in owner_phone.open("/owner").words
    owner_phone.open("/owner/reported")
    assert "다른 가게나 물건의 광고 1명" in owner_phone.page.words  # type: ignore[union-attr]
    assert owner_phone.submit("가리기", status=422).errors()
    owner_phone.submit("가리기", cause="ad")
    phone.open(post.path, status=404)
    assert "까닭으로 가렸어요" in owner_phone.open("/owner/more/changes").words
    number = post.path.rsplit("/", 1)[1]
    owner_phone.open(f"/owner/board/{number}")
    owner_phone.submit("다시 보이기")
    owner_phone.submit("댓글 남기기", text="고맙습니다")
    owner_phone.submit("맨 위에 두기")
    assert "고맙습니다" in phone.open(post.path).words
    assert "아직 글이 없어요" in phone.submit("지우기").words


def test_the_parts_of_the_shops_page(app: Flask, shop: AShop, jiwoo: ACustomer, clock: Clock) -> None:
    view = shops.shop_by_id(shop.id)
    reads = {
        "shop_events": board_parts.shown_events,
        "shop_stories": board_parts.shown_stories,
        "shop_asked": board_parts.shown_questions,
    }
    with app.test_request_context(base_url=PUBLIC_URL):
        assert [read(view) for read in reads.values()] == [None] * 3, "nothing there: nothing is shown"
    event_id = an_event(shop)
    story_id = sent(jiwoo)
    photo.make_waiting(clock=clock)
    story.let_show(shop_id=shop.id, story_id=story_id, is_shown=True, now=clock())
    board.ask(
        shop_id=shop.id, customer_id=jiwoo.id, text="주차되나요?", product_id=None, once="once", now=clock()
    )
    view = shops.shop_by_id(shop.id)
    with app.test_request_context(base_url=PUBLIC_URL):
        shown = "".join(
            render_template(f"public/{name}.html", shop=view, part=read(view)) for name, read in reads.items()
        )
    for words in (f"/events/{event_id}", "/small", "주차되나요?"):
        assert words in shown


def test_what_a_tester_and_whoever_works_here_show_says_so(
    app: Flask, owner_phone: Phone, shop: AShop, jiwoo: ACustomer, minho: ACustomer, clock: Clock
) -> None:
    decided(shop, has_board=True, checks_first=False)
    link, holder, reader = "https://www.instagram.com/p/Cxyz_12-a/", Phone(app).holding(jiwoo), Phone(app)
    factories.a_stamp(shop, jiwoo.card_id)
    before = sent(jiwoo, photos=0, link=link, text="받기 전 사진")
    row = trying.a_programme(shop)
    trying.apply(row, jiwoo)
    trying.choose(shop, row, jiwoo)
    clock.advance(minutes=1)
    trying.hand_over(shop, row, jiwoo)
    clock.advance(minutes=1)
    for form in ("stories/new", "board/new"):
        assert "‘체험단 상품’" in holder.open(f"/c/{shop.code}/{form}").words, "told before anything is sent"
    after = sent(jiwoo, photos=0, link=link, text="써 본 사진")
    for phone, path in (
        (reader, f"/s/{shop.code}/stories/{after}"),
        (owner_phone, f"/owner/stories/{after}"),
    ):
        assert "체험단 상품" in phone.open(path).words
    assert "체험단 상품" not in reader.open(f"/s/{shop.code}/stories/{before}").words
    assert reader.open(f"/s/{shop.code}/stories").words.count("체험단 상품") == 1
    holder.open(f"/c/{shop.code}/board/new")
    post = holder.submit("올리기", title="써 보니", text="좋아요")
    for phone, path in (
        (holder, post.path),
        (holder, f"/c/{shop.code}/board"),
        (owner_phone, "/owner/board"),
    ):
        assert "체험단 상품" in phone.open(path).words

    staff_id = factories.a_staff(shop, name="민수", role="staff")
    spoken = db.session.scalar(db.select(Card.spoken).where(Card.id == minho.card_id)) or ""
    own_card.link(shop_id=shop.id, staff_id=staff_id, spoken=spoken, now=clock())
    for form in ("stories/new", "board/new"):
        assert "‘가게 관계자’" in Phone(app).holding(minho).open(f"/c/{shop.code}/{form}").words
    inside = sent(minho, photos=0, link=link, text="내 가게")
    assert "가게 관계자" in reader.open(f"/s/{shop.code}/stories/{inside}").words
    factories.a_stamp(shop, minho.card_id)
    told = board.post(
        shop_id=shop.id,
        customer_id=minho.id,
        title="우리 라떼",
        text="최고예요",
        once=factories.once(),
        now=clock(),
    )
    for path in (f"/c/{shop.code}/board/{told}", f"/c/{shop.code}/board"):
        assert "가게 관계자" in holder.open(path).words
