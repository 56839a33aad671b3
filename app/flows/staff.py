"""The people who work in a shop: taken on, changed, given a new password, let go; and their signed-in devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.flows import audit
from app.flows.unit import write
from app.kit.passwords import hash_password
from app.kit.refusals import Invalid, NotHere, Refused
from app.shops import actions as shops
from app.shops import notifying, proofs, rules

HIRED_ROLES = ("staff", "manager")
LOGIN_TAKEN = "이미 있는 아이디예요. 다른 아이디를 정해 주세요."


class LastOwner(Refused):
    """A shop keeps at least one owner."""

    code = "last_owner"
    sentence = "사장님이 한 분은 있어야 해요. 다른 분을 먼저 사장님으로 바꿔 주세요."


def add_staff(
    *, shop_id: int, name: str, login: str, password: str, by: int, now: datetime, role: str = "staff"
) -> None:
    """Add a person who may stamp, or a manager who also sees people and messages.

    Raises Invalid, also when the login is taken and for any other role: an owner is not made here.
    """
    if role not in HIRED_ROLES:
        raise Invalid({"role": "맡길 일을 골라 주세요."})
    name, login, password = rules.clean_account(name=name, login=login, password=password)
    password_hash = hash_password(password)
    try:
        with write() as session:
            person = shops.add_staff(
                session,
                shop_id=shop_id,
                name=name,
                role=role,
                login=login,
                password_hash=password_hash,
                now=now,
            )
            about = f"staff:{person.id}"
            audit.note(
                session, shop_id=shop_id, what="staff_added", staff_id=by, subject=about, detail=role, now=now
            )
    except IntegrityError:
        raise Invalid({"login": LOGIN_TAKEN}) from None


def change_staff(*, shop_id: int, staff_id: int, name: str, role: str, by: int, now: datetime) -> None:
    """Rename a person, or change what they may do; it counts from their next tap on.

    Raises Invalid, LastOwner, NotHere.
    """
    name, role = rules.clean_person(name=name, role=role)
    with write() as session:
        owners = [owner.id for owner in proofs.owners(session, shop_id=shop_id, beside=staff_id)]
        person = proofs.staff_to_change(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        if role != "owner" and owners == [staff_id]:
            raise LastOwner
        if (person.name, person.role) == (name, role):
            return
        changed = f"{person.role}>{role}" if person.role != role else "name"
        if person.role != role:
            notifying.change_role(
                session, shop_id=shop_id, staff_id=staff_id, was=person.role, role=role, now=now
            )
        person.name, person.role = name, role
        about = f"staff:{staff_id}"
        audit.note(
            session,
            shop_id=shop_id,
            what="staff_changed",
            staff_id=by,
            subject=about,
            detail=changed,
            now=now,
        )


def give_password(*, shop_id: int, staff_id: int, login: str, password: str, by: int, now: datetime) -> None:
    """Set a new login and password for somebody else, who is signed out everywhere. Raises Invalid, NotHere."""
    _name, login, password = rules.clean_account(name="이름", login=login, password=password)
    password_hash = hash_password(password)
    try:
        with write() as session:
            person = proofs.staff_to_change(session, shop_id=shop_id, staff_id=staff_id)
            if person is None:
                raise NotHere
            person.login, person.password_hash = login, password_hash
            shops.end_sessions(session, shop_id=shop_id, staff_id=staff_id, now=now)
            about = f"staff:{staff_id}"
            audit.note(session, shop_id=shop_id, what="password_set", staff_id=by, subject=about, now=now)
    except IntegrityError:
        raise Invalid({"login": LOGIN_TAKEN}) from None


def end_staff(*, shop_id: int, staff_id: int, by: int | None = None, now: datetime) -> None:
    """A person stops working here; what they stamped stays under their name. Raises LastOwner, NotHere."""
    with write() as session:
        owners = [owner.id for owner in proofs.owners(session, shop_id=shop_id, beside=staff_id)]
        person = proofs.staff_to_change(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        if owners == [staff_id]:
            raise LastOwner
        shops.end_staff(session, person=person, now=now)
        proofs.leave_devices(session, shop_id=shop_id, staff_id=staff_id)
        notifying.forget_staff(session, shop_id=shop_id, staff_id=staff_id)
        audit.note(
            session, shop_id=shop_id, what="staff_ended", staff_id=by, subject=f"staff:{staff_id}", now=now
        )


def end_browser(*, shop_id: int, session_id: int, by: int, now: datetime) -> None:
    """The owner signs anybody's browser out. Raises NotHere for another shop's, or one that is out."""
    with write() as session:
        row = proofs.session_row(session, shop_id=shop_id, session_id=session_id)
        if row is None:
            raise NotHere("이미 로그아웃한 기기예요.")
        row.ended_at = now
        notifying.forget_strangers(session, shop_id=shop_id)
        about = f"staff:{row.staff_id}"
        audit.note(session, shop_id=shop_id, what="session_ended", staff_id=by, subject=about, now=now)
