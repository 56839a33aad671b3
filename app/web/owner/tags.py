"""태그 정리하기: the shop's words for its people, called anew, made one, let go of."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import known
from app.customers.known import TagCount
from app.flows import tags as tag_flow
from app.flows.tags import NameTaken, TagInUse
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_GONE = "찾으시는 태그가 없어요. 목록을 새로 열어 주세요."


@door(bp, "/owner/people/tags", audience="owner", role="manager", tenant="session")
def tags() -> ResponseReturnValue:
    """Show the shop's tags, each with how many carry it."""
    return render_template("owner/tags.html", tags=known.counted_tags(current_staff().shop.id))


def _counted(tag_id: int) -> TagCount:
    for tag in known.counted_tags(current_staff().shop.id):
        if tag.id == tag_id:
            return tag
    raise NotHere(_GONE)


@door(
    bp,
    "/owner/people/tags/<int:tag_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def tag(tag_id: int) -> ResponseReturnValue:
    """Call a tag by another word; a word the shop has already is asked about before the two become one."""
    staff, line = current_staff(), _counted(tag_id)
    page: dict[str, Any] = {"tag": line, "typed": line.name, "other": None, "wrong": {}}
    if request.method == "GET":
        return render_template("owner/tag.html", **page)
    page["typed"] = typed = asked.text("name")
    try:
        stands = tag_flow.rename(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            tag_id=tag_id,
            name=typed,
            joins=asked.text("joins") == " ".join(typed.replace("#", " ").split()),
            now=now(),
        )
    except Invalid as error:
        return answers.invalid("owner/tag.html", **(page | {"wrong": {"name": error.fields["tag"]}}))
    except NameTaken as refusal:
        called = " ".join(typed.replace("#", " ").split())
        page["other"] = next(
            (each for each in known.counted_tags(staff.shop.id) if each.name == called), None
        )
        return answers.invalid("owner/tag.html", **(page | {"wrong": {"name": refusal.sentence}}))
    except TagInUse as refusal:
        return answers.invalid("owner/tag.html", **(page | {"wrong": {"name": refusal.sentence}}))
    flash("태그 이름을 바꿨어요" if stands == tag_id else "한 태그로 합쳤어요")
    return see_other(url_for("owner.tags"))


@door(
    bp,
    "/owner/people/tags/<int:tag_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_tag(tag_id: int) -> ResponseReturnValue:
    """Take a tag off everybody and out of the shop. Raises NotHere for another shop's."""
    staff = current_staff()
    if known.tag(shop_id=staff.shop.id, tag_id=tag_id) is None:
        raise NotHere(_GONE)
    tag_flow.drop(shop_id=staff.shop.id, staff_id=staff.staff_id, tag_id=tag_id, now=now())
    flash("태그를 지웠어요")
    return see_other(url_for("owner.tags"))
