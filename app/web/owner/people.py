"""손님: the list, found and narrowed; a tag for many at once; somebody the shop writes down itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import known, known_rules, roster
from app.customers.roster import Choice
from app.flows import person as person_flow
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.particles import josa
from app.kit.refusals import Invalid
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

    def link(self, endpoint: str = "owner.people", **changes: Any) -> str:
        """Return the address of the list, or of another page for these people, with something changed."""
        carried: dict[str, Any] = {
            "q": self.typed or None,
            "tag": self.tag.id if self.tag else None,
            "group": self.group or None,
            "order": self.order if self.order != "came" else None,
        }
        return url_for(endpoint, **(carried | changes))

    def fields(self) -> list[tuple[str, str]]:
        """Return it as the hidden fields of a form."""
        carried = (
            ("q", self.typed),
            ("tag", str(self.tag.id) if self.tag else ""),
            ("group", self.group),
            ("order", self.order if self.order != "came" else ""),
        )
        return [(name, value) for name, value in carried if value]

    def choice(self) -> Choice:
        """Return it for the reads and the flows."""
        shop_id = current_staff().shop.id
        group = groups.chosen(shop_id=shop_id, group=self.group, now=now()) if self.group else None
        return Choice(self.typed, self.tag.id if self.tag else None, group)

    def words(self) -> str:
        """Return whom it is of: "‘단골’ 그룹 · ‘창가 자리’ 태그"; what was typed is not in it. "" for everybody."""
        return " · ".join(
            [
                *([f"‘{listed_groups()[self.group]}’ 그룹"] if self.group else []),
                *([f"‘{self.tag.name}’ 태그"] if self.tag else []),
                *(["찾은 손님"] if self.typed else []),
            ]
        )

    def shown(self) -> str:
        """Return the same for the screen, with what was typed: "‘김’으로 찾은 손님"."""
        if not self.typed:
            return self.words() or "모든 손님"
        found = f"{josa(f'‘{self.typed}’', '으로/로')} 찾은 손님"
        return self.words().removesuffix("찾은 손님") + found

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
    names = groups.names(current_staff().shop.id, current_staff().role)
    return {key: name for key, name in names.items() if key != "all" and not key.startswith("tag:")}


@door(bp, "/owner/people", audience="owner", role="manager", tenant="session")
def people() -> ResponseReturnValue:
    """Show people by their last visit, or those who fit a name, its first sounds, or the last digits."""
    note_look("search" if request.args.get("q", "").strip() else "list")
    return render_template("owner/people.html", **_list_page(wanted()))


def _list_page(asked_for: Wanted) -> dict[str, Any]:
    shop_id, after = current_staff().shop.id, request.args.get("after")
    choice = asked_for.choice()
    page = roster.people(shop_id=shop_id, choice=choice, order=asked_for.order, after=after)
    calm = not asked_for.narrows() and not after and asked_for.order == "came"
    return {
        "page": page,
        "wanted": asked_for,
        "tags": known.counted_tags(shop_id),
        "groups": listed_groups(),
        "orders": roster.ORDERS,
        "birthdays": person_days.birthdays_this_week() if calm else [],
        "today": kst_day(now()),
    }


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
