"""보증서: a shop says what it promises for a product, gives certificates, and takes one back.

What was promised stays with every certificate as it was issued: a change is a new kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.customers import actions as people
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.korean import day_name
from app.kit.refusals import Invalid, NotHere
from app.kit.signing import token_hash
from app.messages import outbox, recall
from app.shops import actions as shops
from app.warranties import rules
from app.warranties.actions import issuing, kinds
from app.warranties.actions.issuing import New, SoldLine
from app.warranties.models import Warranty, WarrantyKind
from app.warranties.rules import USE, NoWarranty

GONE = "찾으시는 보증서가 없어요. 보증서 번호를 다시 확인해 주세요."
_NO_PERSON = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."
_NO_PURCHASE = "찾으시는 구매가 없어요. 손님 화면에서 다시 골라 주세요."


def switch(*, shop_id: int, staff_id: int, is_on: bool, notice_days: str, now: datetime) -> None:
    """Give warranties, or no longer; certificates that people hold stay good. Raises Invalid (notice_days)."""
    days = rules.clean_notice_days(notice_days)
    with write() as session:
        was_on = USE in shops.uses(session, shop_id=shop_id)
        kinds.set_notice(session, shop_id=shop_id, notice_days=days, now=now)
        if was_on != is_on:
            shops.set_use(session, shop_id=shop_id, what=USE, is_on=is_on)
        _note(session, shop_id, staff_id, f"{'on' if is_on else 'off'}/{days}", now)


def make_kind(*, shop_id: int, staff_id: int, said: dict[str, str], once: str, now: datetime) -> int:
    """Begin to promise something for a product; returns the kind's id. Twice the same press is one.

    `said`: name, product, months, covers, care as typed. Raises Invalid with a sentence a field.
    """
    clean = rules.clean_kind(**said)

    def made() -> int:
        with write() as session:
            before = kinds.kind_by_once(session, shop_id=shop_id, once=once)
            if before is not None:
                return before.id
            _must_be_on_menu(session, shop_id=shop_id, product_id=clean.product_id)
            kind = kinds.add_kind(session, shop_id=shop_id, said=clean, once=once, now=now)
            _note(session, shop_id, staff_id, f"kind:{kind.id}", now)
            return kind.id

    return after_a_race(made)


def change_kind(
    *, shop_id: int, staff_id: int, kind_id: int, said: dict[str, str], once: str, now: datetime
) -> int:
    """Promise something else from now on: a new kind, and the old one is issued no more. Returns the new one.

    Raises Invalid, and NotHere for a kind that is no more.
    """
    clean = rules.clean_kind(**said)

    def changed() -> int:
        with write() as session:
            before = kinds.kind_by_once(session, shop_id=shop_id, once=once)
            if before is not None:
                return before.id
            old = kinds.kind(session, shop_id=shop_id, kind_id=kind_id)
            if old is None or old.ended_at is not None:
                raise NotHere(NoWarranty.sentence)
            _must_be_on_menu(session, shop_id=shop_id, product_id=clean.product_id)
            old.ended_at = now
            kind = kinds.add_kind(session, shop_id=shop_id, said=clean, once=once, now=now)
            _note(session, shop_id, staff_id, f"kind:{old.id}>{kind.id}", now)
            return kind.id

    return after_a_race(changed)


def end_kind(*, shop_id: int, staff_id: int, kind_id: int, now: datetime) -> None:
    """Issue a kind no more; what was issued stays good. Twice is once. Raises NotHere."""
    with write() as session:
        kind = kinds.kind(session, shop_id=shop_id, kind_id=kind_id)
        if kind is None:
            raise NotHere(NoWarranty.sentence)
        if kind.ended_at is None:
            kind.ended_at = now
            _note(session, shop_id, staff_id, f"kind:{kind.id}>", now)


def issue(
    *,
    shop_id: int,
    staff_id: int,
    customer_id: int,
    kind_id: int,
    bought_on: str,
    channel: str,
    price: str,
    once: str,
    now: datetime,
) -> str:
    """Give one certificate at the till; returns its serial, the same for the same press.

    Raises Invalid with a sentence a field, NoWarranty, and NotHere for somebody who is not here.
    """
    sale = rules.clean_sale(bought_on=bought_on, channel=channel, price=price, today=kst_day(now))
    cause = f"once:{token_hash(f'{staff_id}:{once}')[:40]}"

    def issued() -> str:
        with write() as session:
            if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                raise NotHere(_NO_PERSON)
            before = issuing.by_cause(session, shop_id=shop_id, cause=cause)
            if before is not None:
                return before.serial
            kind = standing_kind(session, shop_id=shop_id, kind_id=kind_id)
            new = New(
                kind_id=kind.id,
                cause=cause,
                how="till",
                customer_id=customer_id,
                bought_on=sale.bought_on,
                until=rules.last_day(sale.bought_on, kind.months),
                channel=sale.channel,
                price=sale.price,
            )
            made = issuing.issue(session, shop_id=shop_id, new=[new], staff_id=staff_id, now=now)
            tell_issued(session, shop_id=shop_id, made=made, product=kind.name, now=now)
            return made[0].serial

    return after_a_race(issued)


def issue_for_item(
    *, shop_id: int, staff_id: int, customer_id: int, item_id: int, kind_id: int, now: datetime
) -> list[str]:
    """Give a certificate for every piece of one line of a purchase, each once; returns the new serials.

    All in one transaction: of a line of many pieces warranty_run gives them. Raises NoWarranty, and NotHere for a purchase that is not this person's or was taken back.
    """

    def issued() -> list[str]:
        with write() as session:
            if people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True) is None:
                raise NotHere(_NO_PERSON)
            lines = issuing.sold_lines(session, shop_id=shop_id, item_ids=[item_id])
            if not lines or lines[0].customer_id != customer_id or lines[0].is_reversed:
                raise NotHere(_NO_PURCHASE)
            kind = standing_kind(session, shop_id=shop_id, kind_id=kind_id)
            new = for_pieces(
                ((line, place) for line in lines for place in range(1, line.pieces + 1)),
                kind=kind,
                how="till",
            )
            made = issuing.issue(session, shop_id=shop_id, new=new, staff_id=staff_id, now=now)
            tell_issued(session, shop_id=shop_id, made=made, product=kind.name, now=now)
            return [each.serial for each in made]

    return after_a_race(issued)


def take_back(*, shop_id: int, staff_id: int, serial: str, now: datetime) -> None:
    """Take a certificate back that was given by mistake. Twice is once. Raises NotHere."""

    def taken_back() -> None:
        with write() as session:
            row = issuing.warranty(session, shop_id=shop_id, serial=serial)
            if row is None:
                raise NotHere(GONE)
            if end(session, shop_id=shop_id, warranty_ids=[row[0].id], cause="mistake", now=now):
                _note(session, shop_id, staff_id, f"back:{row[0].id}", now)

    after_a_race(taken_back)


def end(session: Any, *, shop_id: int, warranty_ids: Sequence[int], cause: str, now: datetime) -> int:
    """Take certificates back inside the caller's transaction: nothing about them goes out any more.

    Returns how many stood until now.
    """
    stood = issuing.end(session, shop_id=shop_id, warranty_ids=warranty_ids, cause=cause, now=now)
    for warranty_id in stood:
        recall.cancel(
            session, shop_id=shop_id, cause=f"warranty:{warranty_id}", reason="보증서를 거뒀어요", now=now
        )
    return len(stood)


def purchases_gone(
    session: Any, *, shop_id: int, visit_ids: Iterable[int], cause: str, now: datetime
) -> None:
    """A purchase was refunded or taken back: what was promised with it ends, whoever holds it by now."""
    found = issuing.of_visits(session, shop_id=shop_id, visit_ids=list(visit_ids))
    if found:
        end(session, shop_id=shop_id, warranty_ids=found, cause=cause, now=now)


def for_pieces(pieces: Iterable[tuple[SoldLine, int]], *, kind: WarrantyKind, how: str) -> list[New]:
    """Return a certificate for each of these pieces."""
    return [
        New(
            kind_id=kind.id,
            cause=f"item:{line.item_id}:{place}",
            how=how,
            customer_id=line.customer_id,
            visit_id=line.visit_id,
            bought_on=kst_day(line.at),
            until=rules.last_day(kst_day(line.at), kind.months),
            channel=rules.channel_of_visit(line.channel),
            price=line.price or None,
        )
        for line, place in pieces
    ]


def standing_kind(session: Any, *, shop_id: int, kind_id: int) -> WarrantyKind:
    """Return a kind that is issued now by a shop that gives warranties. Raises NoWarranty."""
    kind = kinds.kind(session, shop_id=shop_id, kind_id=kind_id)
    if kind is None or kind.ended_at is not None or USE not in shops.uses(session, shop_id=shop_id):
        raise NoWarranty
    return kind


def tell_issued(
    session: Any,
    *,
    shop_id: int,
    made: Sequence[Warranty],
    product: str,
    later: Mapping[int, int] | None = None,
    now: datetime,
) -> None:
    """Tell every holder once, however many pieces they bought: "원목 의자 외 1개".

    `later`: how many more of theirs follow in transactions of their own.
    """
    if not made:
        return
    code = shops.code_of(session, shop_id=shop_id)
    theirs: dict[int, list[Warranty]] = {}
    for each in made:
        if each.customer_id is not None and each.until is not None:
            theirs.setdefault(each.customer_id, []).append(each)
    for customer_id, certificates in sorted(theirs.items()):
        first = certificates[0]
        more = len(certificates) - 1 + (later or {}).get(customer_id, 0)
        outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=customer_id,
            kind="warranty_issued",
            cause=f"warranty:{first.id}",
            due_at=now,
            facts={
                "product": f"{product} 외 {more}개" if more else product,
                "until": until_words(first.until, now),
                "path": f"/c/{code}/warranties" if more else f"/c/{code}/warranties/{first.serial}",
            },
            now=now,
        )


def until_words(until: date | None, now: datetime) -> str:
    """Return the last day as letters name it, with its year where that is another one."""
    return day_name(until, kst_day(now)) if until else ""


def _must_be_on_menu(session: Any, *, shop_id: int, product_id: int | None) -> None:
    if product_id is not None and not kinds.has_product(session, shop_id=shop_id, product_id=product_id):
        raise Invalid({"product": "상품을 다시 골라 주세요."})


def _note(session: Any, shop_id: int, staff_id: int, detail: str, now: datetime) -> None:
    audit.note(session, shop_id=shop_id, what="warranties", staff_id=staff_id, detail=detail, now=now)
