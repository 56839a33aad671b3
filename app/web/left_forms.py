"""What somebody typed on the pages of a card that their browser no longer holds: kept, signed, and sent on with a card.

Browsers forget: a phone is tidied up, another browser opens the page. The closed door (guards.py) then answers a form
with what was typed and the way to a card (public/join.py), and the form comes back filled.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from app.board.story_rules import SORTS
from app.shops.queries import ShopView
from app.voices.rules import KINDS
from app.web import cookies

# As long as it may take to find the old card again, also at the counter.
_KEPT_SECONDS = 24 * 3600
TOO_LATE = "적으신 글은 하루가 지나서 이어서 보낼 수 없어요. 번거로우시겠지만 다시 적어 주세요."
_WORDS = {"text": "하실 말씀"}
_COMMENT = {"text": "댓글"}
# What they send, and each field that somebody fills in: its name, and what their forms call it.
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "customer.voices_of_mine": ("사장님께 한마디", {"kind": "어떤 말씀인가요?", **_WORDS}),
    "customer.voice": ("사장님께 한마디", _WORDS),
    "customer.warranty_repair": ("AS 요청", {"text": "어디가 어떻게 불편하신가요?"}),
    "customer.new_story": (
        "사진 올리기",
        {"sort": "어떤 사진인가요?", "text": "한마디", "link": "다른 곳에 올리셨나요?"},
    ),
    "customer.new_post": ("게시판 글", {"title": "제목", "text": "하고 싶은 말"}),
    "customer.board_post": ("게시판 댓글", _COMMENT),
    "customer.questions": ("질문", {"text": "궁금한 것"}),
}
_CHOICES = {"kind": dict(KINDS), "sort": dict(SORTS)}
# They belong to the card that is gone: with a new one the words go to the owner as words of their own.
_OF_THAT_CARD = {"customer.voice", "customer.warranty_repair"}
# They go along unseen: the same press stays the same press, and keeps the photos picked with it.
_UNSEEN = {"once", "picks", "from", "event", "agrees", "product"}


@dataclass(frozen=True)
class LeftLine:
    """One field that is sent on. `chosen`: the words of a choice, "" for what can be typed on."""

    name: str
    label: str
    value: str
    chosen: str


@dataclass(frozen=True)
class Left:
    """A form as it was: where it goes, and its fields in order."""

    shop_id: int
    endpoint: str
    path: str
    fields: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """What the form sends."""
        return FORMS[self.endpoint][0]

    @property
    def with_photos(self) -> bool:
        """Whether photos may have been picked with it: they lie with the card that is gone."""
        return self.endpoint not in ("customer.new_post", "customer.board_post", "customer.questions")

    @property
    def lines(self) -> list[LeftLine]:
        """Every field somebody filled in, under its name."""
        names = FORMS[self.endpoint][1]
        return [
            LeftLine(name, names[name], value, _CHOICES.get(name, {}).get(value, ""))
            for name, value in self.fields
            if name in names and value.strip()
        ]

    @property
    def unseen(self) -> list[tuple[str, str]]:
        """What goes along without a word."""
        return [(name, value) for name, value in self.fields if name in _UNSEEN]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="left-form")


def kept_page(shop: ShopView) -> ResponseReturnValue | None:
    """Answer a holder's POST without a card: what was typed, and the way to a card. None when nothing was typed."""
    endpoint = request.endpoint or ""
    if request.method != "POST" or endpoint not in FORMS:
        return None
    names = FORMS[endpoint][1]
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name in names or name in _UNSEEN
    ]
    left = Left(shop.id, endpoint, request.path, fields)
    if not any(line.value for line in left.lines if not line.chosen):
        return None
    signed = _serializer().dumps([shop.id, endpoint, request.path, fields])
    page = make_response(render_template("public/left.html", shop=shop, left=left, signed=signed), 401)
    return cookies.keep_browser(page, cookies.browser_token_or_new())  # two taps are then one person's


def read(signed: str, *, shop_id: int) -> Left | None:
    """Return a form that was kept in this shop, or None when it was altered or is older than a day."""
    try:
        shop, endpoint, path, fields = _serializer().loads(signed, max_age=_KEPT_SECONDS)
    except (BadData, ValueError):
        return None
    if shop != shop_id or endpoint not in FORMS:
        return None
    return Left(shop, endpoint, path, [(name, value) for name, value in fields])


def filled_page(left: Left, shop: ShopView, *, is_new: bool) -> str:
    """Show the kept form, filled, to who holds a card again. `is_new`: a card that was made just now."""
    moved = is_new and left.endpoint in _OF_THAT_CARD
    path = url_for("customer.voices_of_mine", code=shop.code) if moved else left.path
    kinds = list(KINDS.items()) if moved else []
    return render_template("public/left_filled.html", shop=shop, left=left, path=path, kinds=kinds)
