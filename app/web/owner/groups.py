"""손님 그룹: every group with how many are in it, its people, who moved, and where 단골 begins."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.coupons import book, words
from app.flows import groups as flow
from app.insights import groups, moves, rhythms
from app.insights.filters import MOST_GROUPS
from app.insights.groups import GroupLine
from app.kit.korean import native_count
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look

_NOT_THERE = "찾으시는 그룹이 없어요. 그룹 화면에서 다시 골라 주세요."


@door(bp, "/owner/groups", audience="owner", role="manager", tenant="session")
def people_groups() -> ResponseReturnValue:
    """Show every group with how many are in it and what it means, and who moved between them within a month."""
    shop_id = current_staff().shop.id
    sections = groups.lines(shop_id=shop_id, now=now(), role=current_staff().role)
    own = sum(line.own_id is not None for _heading, lines in sections for line in lines)
    return render_template(
        "owner/groups.html",
        sections=sections,
        moves=moves.moves(shop_id=shop_id, now=now()),
        is_counted=rhythms.known(shop_id) is not None,
        regular=native_count(groups.regular_from(shop_id)),
        has_room=own < MOST_GROUPS,
    )


def the_group(key: str) -> GroupLine:
    """Return one of the shop's groups. Raises NotHere for another shop's, one that is gone, or the owner's alone."""
    staff = current_staff()
    found = groups.line(shop_id=staff.shop.id, group=key, now=now(), role=staff.role)
    if found is None:
        raise NotHere(_NOT_THERE)
    return found


def chosen_group() -> str:
    """Return the group that a form asks for, "" where this role does not see it."""
    staff, group = current_staff(), asked.text("people")
    return "" if group in groups.kept_from(staff.shop.id, staff.role) else group


@door(bp, "/owner/groups/<key>", audience="owner", role="manager", tenant="session")
def people_group(key: str) -> ResponseReturnValue:
    """Show a group's people, who came last on top, and what may be done for them all."""
    shop_id, line = current_staff().shop.id, the_group(key)
    page = groups.page(shop_id=shop_id, group=key, now=now(), after=request.args.get("after"))
    if page.lines:
        note_look("list")
    before = moves.a_month_ago(shop_id=shop_id, group=key, now=now())
    return render_template(
        "owner/group.html", line=line, page=page, trend=moves.trend_words(line.people, before)
    )


@door(bp, "/owner/groups/<key>/people", audience="owner", role="manager", tenant="session")
def group_people(key: str) -> ResponseReturnValue:
    """Say how many are in a group that was not counted with the others (a fragment)."""
    return fragment("owner/group.html", "many", line=the_group(key))


@door(bp, "/owner/groups/<key>/coupons", audience="owner", role="manager", tenant="session")
def group_coupons(key: str) -> ResponseReturnValue:
    """Ask which coupon a group is to be given."""
    kinds = book.kinds(shop_id=current_staff().shop.id, now=now())
    return render_template(
        "owner/group_coupons.html",
        line=the_group(key),
        kinds=[
            (kind.id, f"{kind.terms.name}, {words.how_long(kind.terms)}")
            for kind in kinds
            if kind.ended_at is None and not kind.has_run_out
        ],
    )


@door(bp, "/owner/groups/moves/<move>", audience="owner", role="manager", tenant="session")
def group_moves(move: str) -> ResponseReturnValue:
    """Show who moved in one way within a month and stands there still."""
    found = moves.page(shop_id=current_staff().shop.id, name=move, now=now(), after=request.args.get("after"))
    if found is None:
        raise NotHere(_NOT_THERE)
    sentence, page = found
    if page.lines:
        note_look("list")
    return render_template("owner/group_moves.html", move=move, sentence=sentence, page=page)


@door(
    bp,
    "/owner/groups/regulars",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def regulars() -> ResponseReturnValue:
    """With how many visits 단골 begins."""
    staff = current_staff()
    page: dict[str, Any] = {
        "choices": [(str(each), f"{native_count(each)} 번") for each in groups.REGULAR_CHOICES]
    }
    if request.method == "GET":
        visits = str(groups.regular_from(staff.shop.id))
        return render_template("owner/regulars.html", **page, visits=visits, wrong={})
    visits = asked.text("visits")
    try:
        flow.set_regular_from(shop_id=staff.shop.id, staff_id=staff.staff_id, visits=visits, now=now())
    except Invalid as error:
        return answers.invalid("owner/regulars.html", **page, visits=visits, wrong=error.fields)
    flash("저장했어요. 그룹의 손님도 바로 달라져요")
    return see_other(url_for("owner.people_groups"))
