"""Two rows of one person become one, and two again: their own fields and the record of it. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.customers import actions as people
from app.customers import celebrating, knowing
from app.customers.actions import Trace
from app.customers.models import Consent, Customer, Merge, PhoneClaim, Suppression
from app.customers.rules import AD_KINDS, DAYS, LIKES_MAX, MEMO_MAX, OPTIONAL_KINDS

_MOMENTS = {
    "phone_checked_at",
    "email_checked_at",
    "email_failed_at",
    "joined_at",
    "first_visit_at",
    "last_visit_at",
}
# Go together: one without the others would be another person's.
_GROUPS = (
    ("phone", "phone_tail", "phone_key", "phone_checked_at"),
    ("email", "email_key", "email_checked_at", "email_failed_at"),
    ("birth_month", "birth_day", "birth_is_lunar", "birth_is_leap"),
    (
        "anniversary_month",
        "anniversary_day",
        "anniversary_is_lunar",
        "anniversary_is_leap",
        "anniversary_name",
    ),
)
_DAYS = _GROUPS[2:]
_TOLD = (
    "name",
    "gender",
    "found_by",
    "memo",
    "likes",
    "staff_id",
    *(name for group in _GROUPS for name in group),
)
_COUNTED = ("joined_at", "first_visit_at", "last_visit_at", "visit_count")
_EMPTY = {
    "name": "",
    "gender": "",
    "found_by": "",
    "memo": "",
    "likes": "",
    "phone_key": "",
    "email_key": "",
    "anniversary_name": "",
}
_KINDS = (*OPTIONAL_KINDS, *(kind for kind in AD_KINDS if kind not in OPTIONAL_KINDS), DAYS)


def merge_of(session: Any, *, shop_id: int, merge_id: int) -> Merge | None:
    """Return a merge of this shop, locked."""
    found: Merge | None = session.scalar(
        select(Merge).where(Merge.shop_id == shop_id, Merge.id == merge_id).with_for_update()
    )
    return found


def standing_merge(session: Any, *, shop_id: int, gone_id: int) -> Merge | None:
    """Return into whom a person went, if they did and it was not undone."""
    found: Merge | None = session.scalar(
        select(Merge).where(Merge.shop_id == shop_id, Merge.gone_id == gone_id, Merge.undone_at.is_(None))
    )
    return found


def row_of(session: Any, *, shop_id: int, customer_id: int) -> Customer:
    """Return a person's row, held, also of somebody who went into another one."""
    found: Customer = session.scalars(
        select(Customer).where(Customer.shop_id == shop_id, Customer.id == customer_id).with_for_update()
    ).one()
    return found


def facts_of(person: Customer) -> dict[str, Any]:
    """Return what a row says of a person, as it can be written down."""
    told = {name: getattr(person, name) for name in (*_TOLD, *_COUNTED)}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in told.items()}


def become_one(session: Any, *, kept: Customer, gone: Customer, now: datetime) -> None:
    """Let the kept row say what both said, and the other one nothing any more; call join_consents before.

    Days are kept with their consent alone, those of who comes along too. Whose card works here stays known: nobody stamps their own by a merge.
    """
    for name in ("name", "gender", "found_by"):
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    likes = kept.likes if gone.likes in kept.likes else ", ".join(filter(None, (kept.likes, gone.likes)))
    memos = [kept.memo, "" if gone.memo in kept.memo else gone.memo]
    if len(likes) > LIKES_MAX:  # nothing is lost: what no longer fits is remembered below
        likes, memos = kept.likes, [*memos, f"좋아하는 것: {gone.likes}"]
    kept.likes, kept.memo = likes, "\n".join(filter(None, memos))[: 2 * MEMO_MAX]
    given = {name: getattr(gone, name) for group in _GROUPS for name in group}
    kept.joined_at = min(kept.joined_at, gone.joined_at)
    first = [at for at in (kept.first_visit_at, gone.first_visit_at) if at]
    last = [at for at in (kept.last_visit_at, gone.last_visit_at) if at]
    kept.first_visit_at, kept.last_visit_at = min(first, default=None), max(last, default=None)
    kept.visit_count += gone.visit_count
    kept.staff_id = kept.staff_id or gone.staff_id
    keeps_days = people.standing(session, person=kept)[DAYS]
    clear(gone)
    gone.erased_at, gone.merged_into_id = now, kept.id
    kept.stale_at = gone.stale_at = now
    session.flush()  # a number is unique in the shop: one lets go before the other holds it
    if not keeps_days:
        celebrating.drop_days(session, person=kept)
        knowing.drop_birthdays(session, shop_id=kept.shop_id, customer_id=kept.id)
    for group in _GROUPS if keeps_days else [each for each in _GROUPS if each not in _DAYS]:
        if getattr(kept, group[0]) is None and given[group[0]] is not None:
            for name in group:
                setattr(kept, name, given[name])
    session.flush()


def clear(person: Customer) -> None:
    """Let a row say nothing of its person."""
    for name in _TOLD:
        setattr(person, name, _EMPTY.get(name, False if "_is_" in name else None))


def become_two(
    session: Any, *, kept: Customer, gone: Customer, before: dict[str, Any], undone_visits: int
) -> None:
    """Give both rows back what they said; what was changed on the kept one since then stays there.

    `undone_visits`: how many of the other one's visits were taken back meanwhile.
    """
    after = facts_of(kept)
    told = [
        name for name in _TOLD if name in before["kept"]
    ]  # what is asked today was not asked in an older merge
    back = {name: _read(name, before["kept"][name]) for name in told if after[name] == before["after"][name]}
    for name, each in back.items():
        setattr(kept, name, each)
    gone.erased_at = gone.merged_into_id = None
    kept.visit_count -= before["gone"]["visit_count"] - undone_visits
    session.flush()
    is_held = _is_held(session, shop_id=gone.shop_id, phone=before["gone"]["phone"], but_id=gone.id)
    for name in (*told, *_COUNTED):
        setattr(gone, name, _read(name, before["gone"][name]))
    if is_held:  # typed anew on the kept one since then, or somebody came with it: by a file, by joining
        gone.phone = gone.phone_tail = gone.phone_checked_at = None
        gone.phone_key = ""
    gone.visit_count -= undone_visits
    kept.joined_at = _read("joined_at", before["kept"]["joined_at"])
    session.flush()


def _is_held(session: Any, *, shop_id: int, phone: str | None, but_id: int) -> bool:
    if phone is None:
        return False
    other = select(Customer.id).where(
        Customer.shop_id == shop_id, Customer.phone == phone, Customer.id != but_id
    )
    return session.scalar(other.limit(1)) is not None


def set_visits(
    person: Customer, *, first: datetime | None, last: datetime | None, told: dict[str, Any]
) -> None:
    """Set when a person came first and last: by the visits that are theirs, else by what was known before.

    `told`: what that was; empty for somebody whose visits are all here, also if they were taken back.
    """
    person.first_visit_at = first or _read("first_visit_at", told.get("first_visit_at"))
    person.last_visit_at = last or _read("last_visit_at", told.get("last_visit_at"))


def _read(name: str, told: Any) -> Any:
    return datetime.fromisoformat(told) if name in _MOMENTS and told is not None else told


def join_consents(
    session: Any, *, kept: Customer, gone: Customer, trace: Trace, now: datetime
) -> dict[str, list[int]]:
    """Settle which consent holds for both: where both spoke the stricter word, else the word of who spoke.

    A yes covers what its own person was asked on its own day; of two answers of one person nobody may pick
    the more convenient one (개인정보 보호법 22조, 망법 50조). No line is changed: a line of our own ends a yes.
    The days are asked for by themselves, elsewhere: theirs is a word of its own. Returns the ids of what moved
    ("consents") and of our own lines ("ended").
    """
    gone_said, kept_said = people.answered(session, person=gone), people.answered(session, person=kept)
    theirs, mine_now = people.standing(session, person=gone), people.standing(session, person=kept)
    ended = [
        people.record_consent(
            session, person=kept, kind=kind, action="merge", phone_key=kept.phone_key, trace=trace, now=now
        ).id
        for kind in _KINDS
        if mine_now[kind] and kind in gone_said and not theirs[kind]
    ]
    unsaid = []
    if DAYS not in kept_said:
        unsaid.append(Consent.kind == DAYS)
    if not kept_said - {DAYS}:
        unsaid.append(Consent.kind != DAYS)
    ids: list[int] = []
    if unsaid:
        mine = select(Consent.id).where(Consent.shop_id == gone.shop_id, Consent.customer_id == gone.id)
        ids = list(session.scalars(mine.where(or_(*unsaid)).order_by(Consent.id)))
        point_consents(session, shop_id=gone.shop_id, ids=ids, to=kept.id)
    return {"consents": ids, "ended": ended}


def point_consents(session: Any, *, shop_id: int, ids: list[int], to: int) -> None:
    """Let evidence stand with another row of the same person; its words are untouched."""
    session.execute(
        update(Consent)
        .where(Consent.shop_id == shop_id, Consent.id.in_(ids))
        .values(customer_id=to)
        .execution_options(synchronize_session=False)
    )


def part_consents(
    session: Any, *, row: Merge, kept: Customer, gone: Customer, trace: Trace, now: datetime
) -> None:
    """Take our own lines back and give the others to whom they were.

    What was refused or taken back while they were one may have been either's word: it ends the yes of both, by a
    line of our own (망법 50조②: a refusal beats every consent).
    """
    shop_id, moved = row.shop_id, row.moved["said"]
    ended = _refused_since(session, row=row)
    session.execute(
        delete(Consent).where(
            Consent.shop_id == shop_id, Consent.id.in_(moved["ended"]), Consent.action == "merge"
        )
    )
    point_consents(session, shop_id=shop_id, ids=moved["consents"], to=gone.id)
    holds = people.standing(session, person=gone)
    for kind in (each for each in _KINDS if each in ended and holds[each]):
        people.record_consent(
            session, person=gone, kind=kind, action="merge", phone_key=gone.phone_key, trace=trace, now=now
        )


def _refused_since(session: Any, *, row: Merge) -> set[str]:
    """Return the kinds of consent that somebody took back, as their last word, while two were one."""
    said = session.execute(
        select(Consent.kind, Consent.action)
        .where(Consent.shop_id == row.shop_id, Consent.customer_id == row.kept_id, Consent.at >= row.at)
        .where(Consent.id.not_in(row.moved["said"]["consents"]), Consent.action != "merge")
        .order_by(Consent.id)
    )
    last: dict[str, str] = {row.kind: row.action for row in said}
    ended = {kind for kind, action in last.items() if action == "withdraw"}
    # Where no yes stood any more there was none to take back: the refusal alone says it.
    refusal = select(Suppression.id).where(
        Suppression.shop_id == row.shop_id,
        Suppression.customer_id == row.kept_id,
        Suppression.at >= row.at,
        Suppression.lifted_at.is_(None),
    )
    if session.scalar(refusal.limit(1)) is not None:
        ended |= {kind for kind in AD_KINDS if last.get(kind) != "grant"}
    return ended


def drop_wish(session: Any, *, shop_id: int, customer_id: int) -> None:
    """Forget the numbers a person typed that another card has."""
    session.execute(
        delete(PhoneClaim).where(PhoneClaim.shop_id == shop_id, PhoneClaim.customer_id == customer_id)
    )


def forget_merged(session: Any, *, shop_id: int, people_ids: list[int]) -> None:
    """Blank what is remembered of who went into one that leaves (merges.people_in()); nothing can be undone then."""
    session.execute(
        update(Merge).where(Merge.shop_id == shop_id, Merge.kept_id.in_(people_ids)).values(before={})
    )
    session.execute(
        update(Consent)
        .where(Consent.shop_id == shop_id, Consent.customer_id.in_(people_ids))
        .values(ip="", user_agent="")
    )


def drop_before(session: Any, *, before: datetime) -> None:
    """Blank what people said before merges that are too old to be undone."""
    session.execute(
        update(Merge).where(Merge.at < before).values(before={}).execution_options(synchronize_session=False)
    )
