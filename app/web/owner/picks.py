"""여러 분께 태그 붙이기: people picked over several pages and searches, then one word for all of them.

What was picked travels in the address alone: nothing of it is kept here, and without scripts it works as well.
"""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from app.customers import known, roster
from app.flows import tags as tag_flow
from app.kit.refusals import Invalid
from app.web import answers, picked
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.people import listed_groups, wanted
from app.web.readable import LARGEST_ROW, row_number


def _carried() -> tuple[set[int], bool]:
    """Return who is picked by now, and whether it was more than can be carried: then some are left out."""
    values = request.values
    before = {number for number in picked.read(values.get("picked", "")) if number <= LARGEST_ROW}
    here = [number for one in values.getlist("who") if (number := row_number(one)) is not None]
    room = picked.MOST - len(before)
    new = [number for number in dict.fromkeys(here) if number not in before]
    return before | set(new[: max(0, room)]), len(new) > room


@door(bp, "/owner/people/picks", audience="owner", role="manager", tenant="session")
def people_picks() -> ResponseReturnValue:
    """Show people with a box before each; who was picked on other pages stays picked."""
    shop_id, asked_for = current_staff().shop.id, wanted()
    note_look("search" if asked_for.typed else "list")
    page = roster.people(
        shop_id=shop_id, choice=asked_for.choice(), order=asked_for.order, after=request.args.get("after")
    )
    carried, is_full = _carried()
    here = carried & {line.id for line in page.lines}
    return render_template(
        "owner/people_picks.html",
        page=page,
        wanted=asked_for,
        tag_names=[(str(tag.id), tag.name) for tag in known.tags(shop_id)],
        groups=listed_groups(),
        orders=roster.ORDERS,
        here=here,
        elsewhere=picked.write(carried - here),
        elsewhere_count=len(carried - here),
        is_full=is_full,
        most=picked.MOST,
    )


@door(
    bp, "/owner/people/tagging", methods=("GET", "POST"), audience="owner", role="manager", tenant="session"
)
def tag_many() -> ResponseReturnValue:
    """Ask for the word, then put it on those who were picked, or on everybody the list is of."""
    staff, asked_for = current_staff(), wanted()
    carried, is_full = _carried()
    page: dict[str, Any] = {
        "wanted": asked_for,
        "tags": known.counted_tags(staff.shop.id),
        "found": roster.count(shop_id=staff.shop.id, choice=asked_for.choice()),
        "picked": picked.write(carried),
        "picked_count": len(carried),
        "is_full": is_full,
        "most": picked.MOST,
        "typed": {"name": asked.text("name"), "whom": asked.text("whom") or ("picked" if carried else "")},
        "wrong": {},
    }
    if request.method == "GET":
        return render_template("owner/tag_many.html", **page)
    whom = page["typed"]["whom"]
    try:
        done = tag_flow.put_on_many(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            name=page["typed"]["name"],
            ids=None if whom == "all" else sorted(carried),
            choice=asked_for.choice(),
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        wrong = {{"tag": "name", "who": "whom"}[field]: said for field, said in error.fields.items()}
        return answers.invalid("owner/tag_many.html", **(page | {"wrong": wrong}))
    flash(f"{done:,}명에게 태그를 붙였어요" if done else "모두 이 태그가 붙어 있었어요")
    return see_other(asked_for.link())
