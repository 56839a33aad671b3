"""손님: the list, found and narrowed; a tag for many at once; somebody the shop writes down itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import known, known_rules, roster
from app.customers.roster import Choice
from app.flows import person as person_flow
from app.flows import tags as tag_flow
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, person_days
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_NEW_FIELDS = ("name", "phone", "origin", "agreed")


@dataclass(frozen=True)
class Wanted:
    """Whom the list was asked for, as its links carry it on."""

    typed: str
    tag: known.TagLine | None
    group: str  # a key of groups.names(), "" for none
    order: str

    def link(self, **changes: Any) -> str:
        """Return the list's address with something changed."""
        carried: dict[str, Any] = {
            "q": self.typed or None,
            "tag": self.tag.id if self.tag else None,
            "group": self.group or None,
            "order": self.order if self.order != "came" else None,
        }
        return url_for("owner.people", **(carried | changes))

    def choice(self) -> Choice:
        """Return it for the reads and the flows."""
        shop_id = current_staff().shop.id
        group = groups.chosen(shop_id=shop_id, group=self.group, now=now()) if self.group else None
        return Choice(self.typed, self.tag.id if self.tag else None, group)

    def narrows(self) -> bool:
        """Tell whether it is not simply everybody."""
        return bool(self.typed or self.tag or self.group)


def wanted() -> Wanted:
    """Return whom this request asks for; what can't be read asks for nothing."""
    values, shop_id = request.values, current_staff().shop.id
    tag_id, group, order = row_number(values.get("tag")), values.get("group", ""), values.get("order", "")
    return Wanted(
        typed=values.get("q", "").strip()[:40],
        tag=known.tag(shop_id=shop_id, tag_id=tag_id) if tag_id is not None else None,
        group=group if group in listed_groups() else "",
        order=order if order in roster.ORDERS else "came",
    )


def listed_groups() -> dict[str, str]:
    """Return the groups that the list can be narrowed to, by key; tags have chips of their own."""
    names = groups.names(current_staff().shop.id)
    return {key: name for key, name in names.items() if key != "all" and not key.startswith("tag:")}


@door(bp, "/owner/people", audience="owner", role="manager", tenant="session")
def people() -> ResponseReturnValue:
    """Show people by their last visit, or those who fit a name, its first sounds, or the last digits."""
    note_look("search" if request.args.get("q", "").strip() else "list")
    return render_template("owner/people.html", **_list_page(wanted()))


def _list_page(asked_for: Wanted, **more: Any) -> dict[str, Any]:
    shop_id, after = current_staff().shop.id, request.args.get("after")
    choice = asked_for.choice()
    picks = bool(request.values.get("pick"))
    page = roster.people(shop_id=shop_id, choice=choice, order=asked_for.order, after=after)
    calm = not asked_for.narrows() and not after and asked_for.order == "came" and not picks
    return {
        "page": page,
        "wanted": asked_for,
        "tags": known.counted_tags(shop_id),
        "groups": listed_groups(),
        "orders": roster.ORDERS,
        "picks": picks,
        "found": roster.count(shop_id=shop_id, choice=choice) if picks else None,
        "birthdays": person_days.birthdays_this_week() if calm else [],
        "today": kst_day(now()),
        "wrong": {},
        "tagged": "",
    } | more


@door(
    bp, "/owner/people/tagging", methods=("GET", "POST"), audience="owner", role="manager", tenant="session"
)
def tag_many() -> ResponseReturnValue:
    """Put a tag on those who were picked, or on everybody the list is of. Opened by itself: the list to pick from."""
    staff, asked_for, name = current_staff(), wanted(), asked.text("name")
    if request.method == "GET":
        return see_other(asked_for.link(pick=1))
    picked = [number for one in request.form.getlist("who") if (number := row_number(one)) is not None]
    try:
        done = tag_flow.put_on_many(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            name=name,
            ids=None if asked.text("whom") == "all" else picked,
            choice=asked_for.choice(),
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        page = _list_page(asked_for, picks=True, wrong=error.fields, tagged=name, picked=picked)
        page["found"] = roster.count(shop_id=staff.shop.id, choice=asked_for.choice())
        return answers.invalid("owner/people.html", **page)
    flash(f"{done:,}명에게 태그를 붙였어요" if done else "모두 이 태그가 붙어 있었어요")
    return see_other(asked_for.link())


@door(bp, "/owner/people/tags", audience="owner", role="manager", tenant="session")
def tags() -> ResponseReturnValue:
    """Show the shop's tags, each with how many carry it."""
    return render_template("owner/tags.html", tags=known.counted_tags(current_staff().shop.id))


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
        raise NotHere("찾으시는 태그가 없어요. 목록을 새로 열어 주세요.")
    tag_flow.drop(shop_id=staff.shop.id, staff_id=staff.staff_id, tag_id=tag_id, now=now())
    flash("태그를 지웠어요")
    return see_other(url_for("owner.tags"))


@door(bp, "/owner/people/new", methods=("GET", "POST"), audience="owner", role="manager", tenant="session")
def new_person() -> ResponseReturnValue:
    """Write down somebody who said yes at the counter; a number that somebody has leads to who has it."""
    staff = current_staff()
    typed = {field: asked.text(field) for field in _NEW_FIELDS}
    page: dict[str, Any] = {"typed": typed, "origins": known_rules.ORIGINS, "wrong": {}}
    if request.method == "GET":
        return render_template("owner/new_person.html", **page)
    try:
        customer_id, is_new = person_flow.add(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            said=typed,
            agreed=typed["agreed"] == "y",
            ip=asked.ip(),
            user_agent=asked.user_agent(),
            master=current_app.config["MASTER_KEY"],
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, _NEW_FIELDS)
        return answers.invalid("owner/new_person.html", **(page | {"wrong": wrong}))
    flash("손님을 적어 두었어요" if is_new else "이 번호는 이미 있어요. 이 손님이에요")
    return see_other(url_for("owner.person", customer_id=customer_id))
