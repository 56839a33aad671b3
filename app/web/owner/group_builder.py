"""그룹 만들기: one condition after the other, each by large chips. All of it stands in the address until it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import groups as flow
from app.insights import filter_words, filters, groups, own_groups
from app.insights.filters import WHATS, Choices, Rule
from app.insights.own_groups import OwnLine
from app.kit.refusals import Invalid, NotHere
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_BOTH = ("GET", "POST")
_LONGEST = 60


@dataclass(frozen=True)
class _Draft:
    """A group as it is being put together: its conditions, and the one that is being chosen, as far as it is."""

    rules: tuple[Rule, ...]
    adding: str  # what it is about, "" for none
    new: Rule | None  # None: not every part of it is chosen

    @property
    def all(self) -> tuple[Rule, ...]:
        return filters.with_rule(self.rules, self.new) if self.new else self.rules


def _draft(source: Any, choices: Choices, kept: Sequence[Rule] = ()) -> _Draft:
    """Read a draft out of an address or a form; what can't be read is left out."""
    written = [each[:_LONGEST] for each in source.getlist("rule")[: filters.MOST_RULES + 1]]
    rules: tuple[Rule, ...] = () if written or "changed" in source else tuple(kept)
    for each in written:
        rule = filters.read(each, choices)
        rules = filters.with_rule(rules, rule) if rule else rules
    adding = source.get("add", "")
    if adding not in WHATS:
        return _Draft(rules, "", None)
    parts = [source.get(f"part_{number}", "")[:_LONGEST] for number in range(len(WHATS[adding].parts))]
    return _Draft(rules, adding, filters.read(":".join((adding, *parts)), choices))


@door(bp, "/owner/groups/new", methods=_BOTH, audience="owner", role="manager", tenant="session")
def new_group() -> ResponseReturnValue:
    """Put a group together; saving it leads to its people."""
    return _build(None)


@door(
    bp, "/owner/groups/own/<int:group_id>", methods=_BOTH, audience="owner", role="manager", tenant="session"
)
def own_group(group_id: int) -> ResponseReturnValue:
    """Change a group of the shop's own."""
    staff = current_staff()
    found = own_groups.own_group(shop_id=staff.shop.id, group_id=group_id)
    if found is None or f"own:{group_id}" in groups.kept_from(staff.shop.id, staff.role):
        raise NotHere("찾으시는 그룹이 없어요. 그룹 화면에서 다시 골라 주세요.")
    return _build(found)


def _build(own: OwnLine | None) -> ResponseReturnValue:
    staff = current_staff()
    choices = own_groups.choices(staff.shop.id, staff.role)
    if request.method == "GET":
        draft = _draft(request.args, choices, own.rules if own else ())
        name = request.args.get("name", own.name if own else "")[: filters.NAME_MAX]
        if draft.new is not None and "put" in request.args:
            return redirect(_address(own, draft.all, name))
        wrong = {}
        if "put" in request.args:
            wrong = {"part": "하나씩 골라 주세요."}
        return render_template("owner/group_builder.html", **_page(own, draft, name, choices, wrong))
    name, rules = asked.text("name"), request.form.getlist("rule")
    try:
        filters.clean_rules(rules, choices)  # also what only the owner may ask for
        if own is None:
            group_id = flow.make(
                shop_id=staff.shop.id, staff_id=staff.staff_id, name=name, rules=rules, now=now()
            )
        else:
            group_id = own.id
            flow.change(
                shop_id=staff.shop.id,
                staff_id=staff.staff_id,
                group_id=group_id,
                name=name,
                rules=rules,
                now=now(),
            )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("rules", "name"))
        draft = _draft(request.form, choices)
        return answers.invalid("owner/group_builder.html", **_page(own, draft, name, choices, wrong))
    flash("그룹을 저장했어요")
    return see_other(url_for("owner.people_group", key=f"own:{group_id}"))


@door(bp, "/owner/groups/count", audience="owner", role="manager", tenant="session")
def group_count() -> ResponseReturnValue:
    """Say in a sentence who would be in a group as it is being put together, and how many they are (a fragment)."""
    choices = own_groups.choices(current_staff().shop.id, current_staff().role)
    return fragment("owner/group_builder.html", "counted", **_counted(_draft(request.args, choices), choices))


def _counted(draft: _Draft, choices: Choices) -> dict[str, Any]:
    rules = draft.all
    people = groups.count_rules(shop_id=current_staff().shop.id, rules=rules, now=now()) if rules else None
    return {"sentence": filter_words.sentence(rules, choices) if rules else "", "people": people}


def _page(
    own: OwnLine | None, draft: _Draft, name: str, choices: Choices, wrong: Mapping[str, str]
) -> dict[str, Any]:
    what = WHATS.get(draft.adding)
    parts = []
    for number, part in enumerate(what.parts if what else ()):
        chosen = request.args.get(f"part_{number}", "")
        parts.append((f"part_{number}", part.label, filters.options(part, choices), chosen))
    return {
        "own": own,
        "name": name,
        "wrong": wrong,
        "rules": [
            (
                rule.written,
                filter_words.phrase(rule, choices),
                _address(own, [each for each in draft.rules if each != rule], name),
            )
            for rule in draft.rules
        ],
        "adding": draft.adding,
        "title": what.title if what else "",
        "parts": parts,
        "offered": [
            (title, _address(own, draft.rules, name, add=key)) for key, title in filters.offered(choices)
        ],
        "has_room": len(draft.rules) < filters.MOST_RULES,
        "here": url_for("owner.own_group", group_id=own.id) if own else url_for("owner.new_group"),
        "back": _address(own, draft.rules, name),
        **_counted(draft, choices),
    }


def _address(own: OwnLine | None, rules: Sequence[Rule], name: str, **more: str) -> str:
    """Return where a draft with these conditions stands."""
    asks: dict[str, Any] = {"rule": [rule.written for rule in rules], "name": name or None, **more}
    if own is None:
        return url_for("owner.new_group", **asks)
    return url_for("owner.own_group", group_id=own.id, changed="y", **asks)


@door(
    bp,
    "/owner/groups/own/<int:group_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def remove_group(group_id: int) -> ResponseReturnValue:
    """Let go of a group of the shop's own."""
    staff = current_staff()
    flow.remove(shop_id=staff.shop.id, staff_id=staff.staff_id, group_id=group_id, now=now())
    flash("그룹을 지웠어요. 손님은 그대로 있어요")
    return see_other(url_for("owner.people_groups"))
