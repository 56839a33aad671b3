"""가게 소식: written, shown and taken down by the shop; how many opened it; the words and the picture made of it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import notice_rules as rules
from app.board import notices as reads
from app.board.notice_rules import NoSuchNotice, TooManyFirst
from app.board.notices import NoticeLine
from app.flows import notice as flow
from app.insights import groups
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.visits import goods
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.drawn import said_of_notice
from app.web.guards import current_staff
from app.web.owner import asked, captions, closing_news, own_picture
from app.web.owner.blueprint import bp
from app.web.owner.groups import chosen_group
from app.web.pictures import picture
from app.web.readable import row_number

_MOST = 20
_FIELDS = ("sort", "title", "text", "people", "is_first", "photo")


def _one(notice_id: int) -> NoticeLine:
    """Return one of the shop's. Raises NoSuchNotice for another's, and for a group that is not for this role's eyes."""
    staff = current_staff()
    line = reads.notice(staff.shop.id, notice_id)
    if line is None or line.group in groups.kept_from(staff.shop.id, staff.role):
        raise NoSuchNotice
    return line


def _group_names() -> dict[str, str]:
    return {"": "모든 손님", **groups.names(current_staff().shop.id)}


@door(bp, "/owner/notices", audience="owner", role="manager", tenant="session")
def notices() -> ResponseReturnValue:
    """Show what was written, newest first: drafts, what people see now, what was taken down."""
    staff, before = current_staff(), row_number(request.args.get("before"))
    lines = reads.all_of(staff.shop.id, before=before, limit=_MOST)
    kept = groups.kept_from(staff.shop.id, staff.role)
    return render_template(
        "owner/notices.html",
        lines=[line for line in lines if line.group not in kept],
        names=_group_names(),
        before=lines[-1].id if len(lines) == _MOST else None,
    )


@door(
    bp,
    "/owner/notices/new",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=own_picture.FORM_BYTES,
)
def new_notice() -> ResponseReturnValue:
    """Write a piece of news. It is a draft: nobody sees it yet."""
    if request.method == "GET":
        return render_template(
            "owner/notice_words.html", **_form(None, _typed_of(None) | closing_news.begun(), {})
        )
    staff, typed = current_staff(), _typed()
    try:
        made = flow.begin(
            shop_id=staff.shop.id, staff_id=staff.staff_id, once=asked.once(), now=now(), **_words(typed)
        )
    except (Invalid, TooManyFirst) as refusal:
        return _wrong(None, typed, refusal)
    return _with_photo(made)


@door(
    bp,
    "/owner/notices/<int:notice_id>/words",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=own_picture.FORM_BYTES,
)
def notice_words(notice_id: int) -> ResponseReturnValue:
    """Change what it says, its picture, whom it is for."""
    line = _one(notice_id)
    if request.method == "GET":
        return render_template("owner/notice_words.html", **_form(line, _typed_of(line), {}))
    typed, shop_id = _typed(), current_staff().shop.id
    try:
        flow.word(shop_id=shop_id, notice_id=notice_id, **_words(typed))
    except (Invalid, TooManyFirst) as refusal:
        return _wrong(line, typed, refusal)
    if own_picture.drop_if_asked(flow.pictured(shop_id=shop_id, notice_id=notice_id)):
        return see_other(url_for("owner.notice_words", notice_id=notice_id))
    return _with_photo(notice_id)


def _with_photo(notice_id: int) -> ResponseReturnValue:
    if refused := own_picture.take(flow.pictured(shop_id=current_staff().shop.id, notice_id=notice_id)):
        line = _one(notice_id)
        page = _form(line, _typed_of(line), {"photo": refused})
        return answers.invalid("owner/notice_words.html", **page)
    return see_other(url_for("owner.notice", notice_id=notice_id))


def _typed() -> dict[str, Any]:
    return {
        "sort": asked.text("sort"),
        "title": asked.text("title"),
        "text": asked.text("text"),
        "people": asked.text("people") or flow.EVERYBODY,
        "product": asked.number("product"),
        "is_first": request.form.get("is_first") == "y",
    }


def _typed_of(line: NoticeLine | None) -> dict[str, Any]:
    return {
        "sort": line.sort if line else "notice",
        "title": line.title if line else "",
        "text": line.text if line else "",
        "people": (line.group if line else "") or flow.EVERYBODY,
        "product": line.product_id if line else None,
        "is_first": line.is_first if line else False,
    }


def _words(typed: dict[str, Any]) -> dict[str, Any]:
    is_seen = not request.form.get("people") or chosen_group()
    return {
        "sort": typed["sort"],
        "title": typed["title"],
        "text": typed["text"],
        "product_id": typed["product"],
        "group": typed["people"] if is_seen else "?",  # a group that this role does not see is none
        "is_first": typed["is_first"],
    }


def _wrong(
    line: NoticeLine | None, typed: dict[str, Any], refusal: Invalid | TooManyFirst
) -> ResponseReturnValue:
    found = refusal.fields if isinstance(refusal, Invalid) else {"is_first": refusal.sentence}
    page = _form(line, typed, answers.in_order(found, _FIELDS))
    return answers.invalid("owner/notice_words.html", **page)


def _form(line: NoticeLine | None, typed: dict[str, Any], wrong: dict[str, str]) -> dict[str, Any]:
    staff = current_staff()
    return {
        "line": line,
        "typed": typed,
        "wrong": wrong,
        "sorts": list(rules.SORTS.items()),
        "products": [(each.id, each.name) for each in goods.products(staff.shop.id)],
        "sections": groups.lines(shop_id=staff.shop.id, now=now(), role=staff.role),
        "group_name": _group_names().get(typed["people"], ""),
        "key": new_token(),
    }


@door(bp, "/owner/notices/<int:notice_id>", audience="owner", role="manager", tenant="session")
def notice(notice_id: int) -> ResponseReturnValue:
    """Show one as people see it, and what can be done with it."""
    line = _one(notice_id)
    return render_template(
        "owner/notice.html", line=line, group_name=_group_names().get(line.group, "없어진 그룹")
    )


@door(bp, "/owner/notices/<int:notice_id>/photo", audience="owner", role="manager", tenant="session")
def notice_photo(notice_id: int) -> ResponseReturnValue:
    """Answer its photo."""
    return picture(reads.open_photo(_one(notice_id), current_staff().shop.id), kept="private, max-age=300")


@door(
    bp,
    "/owner/notices/<int:notice_id>/showing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def show_notice(notice_id: int) -> ResponseReturnValue:
    """Show it to its people, on their cards and, where it is for everybody, on the shop's page."""
    staff = current_staff()
    _one(notice_id)
    if flow.show(shop_id=staff.shop.id, notice_id=notice_id, staff_id=staff.staff_id, now=now()):
        flash("이제 손님 카드에 보여요. 문자는 보내지 않았어요")
    return see_other(url_for("owner.notice", notice_id=notice_id))


@door(
    bp,
    "/owner/notices/<int:notice_id>/end",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def end_notice(notice_id: int) -> ResponseReturnValue:
    """Take it down."""
    staff = current_staff()
    _one(notice_id)
    if flow.end(shop_id=staff.shop.id, notice_id=notice_id, staff_id=staff.staff_id, now=now()):
        flash("소식을 내렸어요. 언제든 다시 보일 수 있어요")
    return see_other(url_for("owner.notice", notice_id=notice_id))


@door(
    bp,
    "/owner/notices/<int:notice_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_notice(notice_id: int) -> ResponseReturnValue:
    """Throw a draft away; the second tap finds it gone."""
    shop_id = current_staff().shop.id
    if reads.notice(shop_id, notice_id) is not None:
        _one(notice_id)
    flow.drop(shop_id=shop_id, notice_id=notice_id)
    flash("쓰던 소식을 버렸어요")
    return see_other(url_for("owner.notices"))


@door(
    bp,
    "/owner/notices/<int:notice_id>/campaign",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def tell_notice(notice_id: int) -> ResponseReturnValue:
    """Begin a 단체 문자 with it; its own steps ask the rest, and nothing goes before they are through."""
    staff = current_staff()
    _one(notice_id)
    made = flow.tell(shop_id=staff.shop.id, notice_id=notice_id, staff_id=staff.staff_id, now=now())
    return see_other(url_for("owner.campaign_text", campaign_id=made))


@door(bp, "/owner/notices/<int:notice_id>/caption", audience="owner", role="manager", tenant="session")
def notice_caption(notice_id: int) -> ResponseReturnValue:
    """Show the words and the picture to post on the shop's own page elsewhere."""
    line, shop = _one(notice_id), current_staff().shop
    return captions.caption_page(
        line,
        text=line.text,
        product=line.product,
        link=str(current_app.config["BASE_URL"]) + url_for("public.shop_page", code=shop.code),
        back=url_for("owner.notice", notice_id=line.id),
        picture=url_for("owner.notice_square", notice_id=line.id, v=line.photo or None),
        stays="가게 소식은 바뀌지 않아요.",
    )


@door(bp, "/owner/notices/<int:notice_id>/picture", audience="owner", role="manager", tenant="session")
def notice_square(notice_id: int) -> ResponseReturnValue:
    """Answer its picture, 1080 × 1080."""
    return captions.square_of(said_of_notice(current_staff().shop, _one(notice_id), captions.foot()))
