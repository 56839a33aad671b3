"""직원: who works here and what each may do; add a person, change one, let a person go."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import second_step, sharing
from app.flows import staff as staff_flow
from app.kit.refusals import Invalid, NotHere
from app.shops import queries as shops
from app.shops.queries import StaffLine
from app.web import answers, proving
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

WORKS = {"owner": "사장님", "manager": "매니저", "staff": "직원"}
WORK_AS = {"owner": "사장님으로", "manager": "매니저로", "staff": "직원으로"}
MAY = {
    "owner": "카드 규칙과 연락처, 직원까지 모두 정해요.",
    "manager": "손님 목록과 보내기, 가게 소개와 영업시간을 맡아요.",
    "staff": "도장을 찍고 혜택을 써 드려요. 손님 목록은 보지 못해요.",
}


@door(
    bp,
    "/owner/more/staff",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def staff_list() -> ResponseReturnValue:
    """Show who works here, or add a person who may stamp, or see more as a manager."""
    staff = current_staff()
    typed = {name: asked.text(name) for name in ("name", "login")}
    typed["role"] = asked.text("role") or "staff"  # the least, when nothing is said
    around: dict[str, Any] = {
        "lines": shops.staff_of(staff.shop.id),
        "typed": typed,
        "works": WORKS,
        "may": MAY,
        "proof_due": proving.is_due(staff),
    }
    if request.method == "GET":
        return render_template("owner/staff_list.html", **around, wrong={})
    try:
        staff_flow.add_staff(
            shop_id=staff.shop.id, **typed, password=asked.text("password"), by=staff.staff_id, now=now()
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, ("name", "login", "password", "role"))
        return answers.invalid("owner/staff_list.html", **around | {"proof_due": False}, wrong=wrong)
    flash(f"{typed['name'].strip()} 님을 {WORK_AS[typed['role']]} 넣었어요")
    return see_other(url_for("owner.staff_list"))


def _line(staff_id: int) -> StaffLine:
    found = next((line for line in shops.staff_of(current_staff().shop.id) if line.id == staff_id), None)
    if found is None:
        raise NotHere("찾으시는 직원이 없어요. 직원 목록에서 다시 골라 주세요.")
    return found


def _page(line: StaffLine, **more: Any) -> dict[str, Any]:
    staff = current_staff()
    return {
        "line": line,
        "is_me": line.id == staff.staff_id,
        "is_last_owner": line.role == "owner"
        and sum(each.role == "owner" for each in shops.staff_of(staff.shop.id)) == 1,
        "typed": {"name": line.name, "role": line.role, "login": line.login or ""},
        "works": WORKS,
        "may": MAY,
        "proof_due": request.method == "GET" and proving.is_due(staff),
        "wrong": {},
        **more,
    }


@door(
    bp,
    "/owner/more/staff/<int:staff_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def staff_person(staff_id: int) -> ResponseReturnValue:
    """Show one person, or save what they are called and what they may do."""
    line = _line(staff_id)
    if request.method == "GET":
        return render_template("owner/staff_person.html", **_page(line))
    staff = current_staff()
    typed = {"name": asked.text("name"), "role": asked.text("role")}
    try:
        staff_flow.change_staff(
            shop_id=staff.shop.id, staff_id=staff_id, **typed, by=staff.staff_id, now=now()
        )
    except Invalid as error:
        typed["login"] = line.login or ""
        return answers.invalid("owner/staff_person.html", **_page(line, typed=typed, wrong=error.fields))
    flash("저장했어요")
    return see_other(url_for("owner.staff_list"))


@door(
    bp,
    "/owner/more/staff/<int:staff_id>/password",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def give_password(staff_id: int) -> ResponseReturnValue:
    """Set a new password for somebody who forgot theirs; they are signed out everywhere."""
    line, staff = _line(staff_id), current_staff()
    login = asked.text("login")
    if line.id == staff.staff_id:  # one's own is changed on one's own page, which asks for the present one
        return see_other(url_for("owner.password"))
    try:
        staff_flow.give_password(
            shop_id=staff.shop.id,
            staff_id=staff_id,
            login=login,
            password=asked.text("password"),
            by=staff.staff_id,
            now=now(),
        )
    except Invalid as error:
        typed = {"name": line.name, "role": line.role, "login": login}
        wrong = answers.in_order(error.fields, ("login", "password"))
        return answers.invalid("owner/staff_person.html", **_page(line, typed=typed, wrong=wrong))
    flash(f"{line.name} 님의 비밀번호를 바꾸었어요. 본인에게 알려 주세요")
    return see_other(url_for("owner.staff_person", staff_id=staff_id))


@door(
    bp,
    "/owner/more/staff/<int:staff_id>/pin",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def give_pin(staff_id: int) -> ResponseReturnValue:
    """Give somebody without a phone of their own here a PIN for the shared device."""
    line, staff = _line(staff_id), current_staff()
    try:
        sharing.set_pin(
            shop_id=staff.shop.id, staff_id=staff_id, pin=asked.text("pin"), by=staff.staff_id, now=now()
        )
    except Invalid as error:
        return answers.invalid("owner/staff_person.html", **_page(line, wrong=error.fields))
    flash(f"{line.name} 님의 비밀 숫자를 정했어요. 본인에게만 알려 주세요")
    return see_other(url_for("owner.staff_person", staff_id=staff_id))


@door(
    bp,
    "/owner/more/staff/<int:staff_id>/second-step/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def end_second_step_of(staff_id: int) -> ResponseReturnValue:
    """Take the second step of somebody away who lost their phone."""
    staff = current_staff()
    second_step.turn_off(shop_id=staff.shop.id, staff_id=staff_id, by=staff.staff_id, now=now())
    flash("2단계 인증을 껐어요. 이제 비밀번호만으로 들어와요")
    return see_other(url_for("owner.staff_person", staff_id=staff_id))


@door(
    bp,
    "/owner/more/staff/<int:staff_id>/end",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    sudo=True,
)
def end_staff(staff_id: int) -> ResponseReturnValue:
    """A person stops working here; their sessions end at once."""
    staff = current_staff()
    staff_flow.end_staff(shop_id=staff.shop.id, staff_id=staff_id, by=staff.staff_id, now=now())
    flash("직원에서 뺐어요. 그동안 찍은 도장은 그대로 있어요")
    return see_other(url_for("owner.staff_list"))
