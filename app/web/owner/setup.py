"""The first shop of an installation: five screens, one question each.

The answers travel in the address until the last screen, so that the browser's own way back keeps them
and nothing needs a script. Only the last screen posts, and only it carries the password.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import access
from app.flows import shop as shops_flow
from app.flows.shop import FirstShop
from app.kit.refusals import Invalid
from app.shops import queries as shops
from app.shops import rules
from app.shops.rules import LinkGone
from app.web import answers, cookies, origin
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.owner import asked
from app.web.owner.blueprint import bp

LAST = 5
_STEPS = {str(step) for step in range(1, LAST + 1)}
_DEFAULTS = {"goal": "10", "opens": "09:00", "closes": "22:00"}
_FIELDS: dict[int, tuple[str, ...]] = {
    1: ("name",),
    2: ("reward_name", "goal"),
    3: ("phone",),
    4: ("opens", "closes"),
    5: ("owner_name", "login"),
}
_CHECKS: dict[int, Callable[[Mapping[str, str]], Any]] = {
    1: lambda said: rules.clean_profile(name=said["name"], owner_name="", address="", story=""),
    2: lambda said: rules.clean_card_rule(goal=said["goal"], reward_name=said["reward_name"]),
    3: lambda said: rules.clean_contact(said["phone"]),
    4: lambda said: rules.clean_hours(opens=said["opens"], closes=said["closes"]),
}


@door(bp, "/setup/<token>", methods=("GET", "POST"), audience="owner", tenant="token")
def setup(token: str) -> ResponseReturnValue:
    """Ask the five questions in order; the last one opens the shop and signs its owner in."""
    link = shops.open_link(token, now())
    if link is None or link.kind != "setup":
        raise LinkGone
    said = _answers()
    if request.method == "GET":
        wanted = request.args.get("step", "1")
        step, wrong = _reachable(said, int(wanted) if wanted in _STEPS else 1)
        return render_template("owner/setup.html", **_screen(token, step, said, wrong))
    step, wrong = _reachable(said, LAST)
    if not wrong:
        try:
            return _open_shop(token, said)
        except Invalid as error:
            step, wrong = _step_of(error.fields), error.fields
    return answers.invalid("owner/setup.html", **_screen(token, step, said, wrong))


def _open_shop(token: str, said: Mapping[str, str]) -> ResponseReturnValue:
    session = shops_flow.set_up(
        token=token,
        answers=FirstShop(**said, password=asked.text("password")),
        user_agent=asked.user_agent(),
        ip=asked.ip(),
        is_secure=origin.is_secure(),
        now=now(),
    )
    access.take_over(was=cookies.staff_token(), token=session, now=now())
    return cookies.keep_staff(see_other(url_for("owner.home")), session)


def _answers() -> dict[str, str]:
    source = request.form if request.method == "POST" else request.args
    names = [name for fields in _FIELDS.values() for name in fields]
    return {name: source.get(name, _DEFAULTS.get(name, ""))[:200] for name in names}


def _reachable(said: Mapping[str, str], wanted: int) -> tuple[int, dict[str, str]]:
    """Return the screen to show and what is wrong on it: the first whose answer can't be taken."""
    for step in range(1, min(wanted, LAST)):
        try:
            _CHECKS[step](said)
        except Invalid as error:
            return step, error.fields
    return wanted, {}


def _step_of(fields: Mapping[str, str]) -> int:
    return next((step for step, names in _FIELDS.items() if set(names) & set(fields)), LAST)


def _screen(token: str, step: int, said: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, Any]:
    before: dict[str, Any] = {"token": token, "step": step - 1, **said}
    carried = {name: said[name] for at, names in _FIELDS.items() if at != step for name in names}
    return {
        "token": token,
        "step": step,
        "last": LAST,
        "said": said,
        "wrong": wrong,
        "carried": carried,
        "back": url_for("owner.setup", **before) if step > 1 else None,
    }
