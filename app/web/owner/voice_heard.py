"""들은 말 적기: what was said at the counter, in a marketplace or on SNS, under the same clock."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as customers
from app.customers import roster
from app.flows import voice_care as flow
from app.kit.clock import kst_day
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import new_token
from app.voices.rules import COMPLAINT, KINDS
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.readable import row_number

_FIELDS = ("kind", "text", "source", "said_on", "who")
_MOST_FOUND = 6


@door(
    bp,
    "/owner/voices/heard",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def heard_voice() -> ResponseReturnValue:
    """Show the form, or write down what was heard; who said it may stay open."""
    staff = current_staff()
    typed = {name: asked.text(name) for name in _FIELDS}
    page: dict[str, Any] = {
        "typed": typed,
        "wrong": {},
        "once": new_token(),
        "kinds": list(KINDS.items()),
        "sources": [("spoken", "가게에서"), ("market", "쇼핑몰에서"), ("sns", "SNS에서")],
        "today": kst_day(now()).isoformat(),
        "person": _person(row_number(request.values.get("person"))),
        "found": [],
    }
    if request.method == "GET":
        return render_template("owner/voice_heard.html", **page)
    try:
        person = page["person"] or _named(typed["who"], page)
        voice_id = flow.write_down(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=person and person[0],
            **{name: typed[name] for name in ("kind", "text", "source", "said_on")},
            once=asked.once(),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, _FIELDS)
        return answers.invalid("owner/voice_heard.html", **page | {"wrong": wrong})
    if typed["kind"] == COMPLAINT and staff.role != "owner":
        flash("사장님께 전했어요")
        return see_other(url_for("owner.shop_voices"))
    flash("들은 말을 적어 두었어요")
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


def _person(customer_id: int | None) -> tuple[int, str] | None:
    if customer_id is None:
        return None
    known = customers.person(shop_id=current_staff().shop.id, customer_id=customer_id)
    if known is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    return customer_id, known.name


def _named(who: str, page: dict[str, Any]) -> tuple[int, str] | None:
    """Return the one person of that name or number; None when the field was left open.

    Raises Invalid (who) for nobody, and for several: then the page offers them.
    """
    who = who.strip()
    if not who:
        return None
    people = roster.people(shop_id=current_staff().shop.id, typed=who, limit=_MOST_FOUND).lines
    note_look("search")
    if len(people) == 1:
        return people[0].id, people[0].name
    if not people:
        raise Invalid({"who": "그런 손님을 찾지 못했어요. 모르면 비워 두셔도 돼요."})
    page["found"] = [(each.id, _words(each)) for each in people]
    raise Invalid({"who": "여러 분이 있어요. 아래에서 골라 주세요."})


def _words(person: roster.PersonLine) -> str:
    """Return how two people of one name are told apart: by the end of their number, or by when they came."""
    number = f" · 끝 번호 {person.phone[-4:]}" if person.phone else ""
    return f"{person.name or '이름 없는 손님'}{number} · {person.visit_count}번 오심"
