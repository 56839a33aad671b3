"""Stamps scanned without a network: sent later, counted once, or laid before the owner with a reason.

The scan's client id is also its stamp's once-key. So a scan whose stamp had come through, only the answer was
lost, and the same scan sent twice, from two tabs at once or after a lost reply, are all one stamp.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cards import offline_rules, rules
from app.cards.actions import codes, ledger, merged
from app.cards.actions import offline as events
from app.cards.counter_models import OfflineEvent
from app.cards.models import Card, CardRule
from app.cards.offline import WAITS
from app.cards.offline_rules import Scan
from app.cards.rules import ForeignCode, OldCode
from app.flows import printed
from app.flows.at_counter import Found, card_key
from app.flows.stamp import Stamped, stamp_card
from app.flows.unit import after_a_race, write
from app.kit.refusals import NotHere, Refused
from app.kit.signing import derive_key
from app.shops import actions as shops
from app.shops import signins

_BY_OWNER = "사장님 확인"


class NoCard(Refused):
    """There is no open card that a listed scan could stamp."""

    code = "no_card"
    sentence = "찍을 카드가 없어요. ‘찍지 않기’를 눌러 목록에서 빼 주세요."


class Decided(Refused):
    """Somebody decided about the scan before."""

    code = "decided"
    sentence = "이미 찍지 않기로 한 도장이에요."


@dataclass(frozen=True)
class Taken:
    """What became of a scan: stamped | listed | refused, and why it was listed."""

    client_id: str
    state: str
    reason: str


def scan_key(master: bytes, *, shop_id: int, session_id: int) -> bytes:
    """Return the key that one signed-in phone signs its scans with."""
    return derive_key(master, "offline-scan", str(shop_id), str(session_id))


def take_in(*, shop_id: int, staff_id: int, scans: list[Scan], master: bytes, now: datetime) -> list[Taken]:
    """Take in what a phone scanned without a network, each by itself; `staff_id` is who is signed in now.

    The same scan again gets the same answer. The rules are those of the moment of the scan.
    """
    return [
        after_a_race(lambda scan=scan: _take(shop_id, staff_id, scan, master=master, now=now))  # type: ignore[misc]
        for scan in scans
    ]


def _take(shop_id: int, staff_id: int, scan: Scan, *, master: bytes, now: datetime) -> Taken:
    with write() as session:
        before = events.event_by_client_id(session, shop_id=shop_id, client_id=scan.client_id)
        if before is not None:
            return _answer(before)
        at = _moment(scan, now)
        scanned_by, reason = _whose(session, shop_id, staff_id, scan, master=master, at=at)
        reason = reason or offline_rules.wrong_time(at=at, now=now)
        found, wrong = _card_of(session, shop_id, scan, master=master, at=at, now=now)
        # Asked again under the card's lock: the same scan may have come from two tabs at once.
        before = events.event_by_client_id(session, shop_id=shop_id, client_id=scan.client_id)
        if before is not None:
            return _answer(before)
        entry_id: int | None = None
        landed = ledger.entry_by_once(session, shop_id=shop_id, once=scan.client_id)
        if landed is not None and landed.kind == "earn":
            entry_id, reason = landed.id, ""  # the stamp had come through, only its answer was lost
        else:
            reason = reason or wrong
            if not reason and found is not None:
                entry_id, reason = _stamp(session, found, scan, staff_id=scanned_by, at=at)
        made = events.add_event(
            session,
            shop_id=shop_id,
            client_id=scan.client_id,
            staff_id=scanned_by,
            card_id=found.card.id if found else None,
            ref_tail=offline_rules.tail_of(scan.text),
            scanned_at=at,
            received_at=now,
            state="listed" if reason else "stamped",
            reason=reason,
            entry_id=entry_id,
        )
        if reason:
            if found is not None:
                ledger.touch(session, shop_id=shop_id, card_id=found.card.id)
            shops.set_use(session, shop_id=shop_id, what=WAITS, is_on=True)
        return _answer(made)


def _answer(event: OfflineEvent) -> Taken:
    return Taken(event.client_id, event.state, event.reason)


def _moment(scan: Scan, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(scan.at_ms / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return now - offline_rules.OLDEST * 2  # no moment at all: the owner sees it as too late


def _whose(
    session: Any, shop_id: int, staff_id: int, scan: Scan, *, master: bytes, at: datetime
) -> tuple[int, str]:
    """Return who scanned, and why that is not sure enough ("" when it is)."""
    seat = signins.seat(session, shop_id=shop_id, session_id=scan.session_id)
    key = scan_key(master, shop_id=shop_id, session_id=scan.session_id)
    if seat is None or not offline_rules.is_signed(key, scan):
        return staff_id, "unsigned"
    was_in = seat.since - offline_rules.AHEAD <= at <= seat.until + offline_rules.AHEAD
    return seat.staff_id, "" if was_in else "signed_out"


def _card_of(
    session: Any, shop_id: int, scan: Scan, *, master: bytes, at: datetime, now: datetime
) -> tuple[Found | None, str]:
    """Return the card of a scan, locked, and what is wrong with its code at that moment; spends the code."""
    try:
        if rules.is_printed(scan.text):
            return Found(
                *printed.card_by_print(session, shop_id=shop_id, text=scan.text, master=master), printed=True
            ), ""
        ref, mac = rules.read_code(scan.text)
        row, keyed = _open_card(session, shop_id, ref)
    except Refused as refusal:
        return None, refusal.code
    card, rule = row
    key = card_key(master, shop_id=shop_id, card_id=keyed.id, version=keyed.key_version)
    step = rules.matching_step(key=key, shop_id=shop_id, ref=ref, mac=mac, now=at)
    if step is None:
        return Found(card, rule), OldCode.code
    fresh = codes.consume_code(session, shop_id=shop_id, card_id=keyed.id, step=step, now=now)
    return Found(card, rule), "" if fresh else rules.AlreadyUsed.code


def _open_card(session: Any, shop_id: int, ref: str) -> tuple[tuple[Card, CardRule], Card]:
    """Return the card of a reference, locked, or the one it went into since the scan; and whose key signed the code.

    Raises ForeignCode.
    """
    row = ledger.card(session, shop_id=shop_id, where=Card.ref == ref, lock=True)
    if row is not None:
        return row, row[0]
    old = merged.closed_by_ref(session, shop_id=shop_id, ref=ref)
    row = merged.kept_card(session, shop_id=shop_id, card_id=old.id) if old is not None else None
    if old is None or row is None:
        raise ForeignCode
    return row, old


def _card_now(session: Any, shop_id: int, card_id: int | None) -> tuple[Card, CardRule] | None:
    """Return the card of a listed scan, locked, or the one it went into meanwhile."""
    if card_id is None:
        return None
    row = ledger.card(session, shop_id=shop_id, where=Card.id == card_id, lock=True)
    return row or merged.kept_card(session, shop_id=shop_id, card_id=card_id)


def _stamp(session: Any, found: Found, scan: Scan, *, staff_id: int, at: datetime) -> tuple[int | None, str]:
    """Stamp as of the scan's moment; returns the line and "", or None and why it goes to the owner."""
    card, rule = found.card, found.rule
    earning = rules.Earning(rule.goal, rule.hard_window_s, rule.cooldown_s, rule.daily_cap)
    # Looked at here first: what may still become a stamp is no refusal in the card's history yet. Stamps that
    # were given since stand later than this one, so both sides of the moment count.
    near = events.nearest_earn(
        session,
        shop_id=card.shop_id,
        card_id=card.id,
        at=at,
        within=timedelta(seconds=max(rule.cooldown_s, rule.hard_window_s)),
    )
    refusal = rules.may_stamp(
        rule=earning,
        last_at=None if rules.within_hard_window(rule=earning, last_at=near, now=at) else near,
        today=ledger.earned_today(session, shop_id=card.shop_id, card_id=card.id, now=at),
        now=at,
        overridden=False,
    )
    if refusal is not None:
        return None, refusal.code
    try:
        with session.begin_nested():
            outcome = stamp_card(
                session,
                found=found,
                staff_id=staff_id,
                once=scan.client_id,
                how="printed" if found.printed else "offline",
                override_reason=None,
                now=at,
            )
    except Refused as refused:
        return None, refused.code
    return (outcome.entry_id, "") if isinstance(outcome, Stamped) else (None, outcome.code)


def approve(*, shop_id: int, offline_id: int, staff_id: int, now: datetime) -> int:
    """Stamp a listed scan as of its own moment, past every limit: the owner has looked at it.

    Returns the card. Twice gives one stamp and the same answer. Raises NotHere, NoCard, Decided.
    """
    return after_a_race(lambda: _approve(shop_id=shop_id, offline_id=offline_id, staff_id=staff_id, now=now))


def _approve(*, shop_id: int, offline_id: int, staff_id: int, now: datetime) -> int:
    with write() as session:
        event = events.event(session, shop_id=shop_id, offline_id=offline_id)
        if event is None:
            raise NotHere
        row = _card_now(session, shop_id, event.card_id)
        if row is None:
            raise NoCard
        # One conditional update decides between two owners, and between yes and no.
        if not events.decide(
            session, shop_id=shop_id, offline_id=offline_id, state="stamped", by=staff_id, now=now
        ):
            event = events.event(session, shop_id=shop_id, offline_id=offline_id)
            if event is None or event.state != "stamped":
                raise Decided
            return row[0].id
        outcome = stamp_card(
            session,
            found=Found(*row),
            staff_id=event.staff_id,
            once=event.client_id,
            how="offline",
            override_reason=_BY_OWNER,
            now=event.scanned_at,
            unlimited=True,
        )
        if not isinstance(outcome, Stamped):
            raise outcome
        event.entry_id = outcome.entry_id
        _done(session, shop_id=shop_id, card_id=row[0].id)
        return row[0].id


def refuse(*, shop_id: int, offline_id: int, staff_id: int, now: datetime) -> None:
    """Take a listed scan out without a stamp; the card's history says so. Raises NotHere, Decided."""
    with write() as session:
        event = events.event(session, shop_id=shop_id, offline_id=offline_id)
        if event is None:
            raise NotHere
        row = _card_now(session, shop_id, event.card_id)
        if not events.decide(
            session, shop_id=shop_id, offline_id=offline_id, state="refused", by=staff_id, now=now
        ):
            event = events.event(session, shop_id=shop_id, offline_id=offline_id)
            if event is not None and event.state == "refused":
                return  # the same press again
            raise Decided("이미 도장을 찍었어요. 취소는 ‘오늘 찍은 도장’이나 손님 화면에서 해 주세요.")
        if row is not None:
            ledger.note_refusal(
                session,
                card=row[0],
                reason="offline",
                once=None,
                now=event.scanned_at,
                how="offline",
                staff_id=event.staff_id,
            )
        _done(session, shop_id=shop_id, card_id=row[0].id if row else None)


def _done(session: Any, *, shop_id: int, card_id: int | None) -> None:
    """Let the card's page look again, and the shop stop asking when nothing waits any more."""
    if card_id is not None:
        ledger.touch(session, shop_id=shop_id, card_id=card_id)
    # The shop's row first, the count second: a scan that is listed meanwhile holds the row until it stands.
    shops.set_use(session, shop_id=shop_id, what=WAITS, is_on=True)
    if not events.count_listed(session, shop_id=shop_id):
        shops.set_use(session, shop_id=shop_id, what=WAITS, is_on=False)
