"""What is kept for how long, and then is not (개인정보 보호법 21조; the periods are in the 처리방침)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.cards import queries as cards
from app.cards.actions import codes
from app.coupons import book
from app.customers import actions as people
from app.customers import merging, proving
from app.customers.merges import CAN_PART_FOR
from app.flows.privacy import erase
from app.flows.unit import write
from app.kit.clock import kst_day
from app.kit.refusals import NotHere
from app.messages.actions import pushing, reporting
from app.programs import actions as programs
from app.shops import actions as shops
from app.shops import notifying, tablets
from app.warranties import ends as warranties

# After the last visit, or after joining when there never was one.
PERSON = timedelta(days=365)
# Evidence that messages were agreed to or refused, after the person left (질서위반행위규제법 19조: 5 years).
EVIDENCE = timedelta(days=5 * 365)
# Who of the staff looked at whose data (안전성 확보조치 기준 제8조).
ACCESS_LOG = timedelta(days=2 * 365)
SESSIONS = timedelta(days=365)
LINKS = timedelta(days=30)
LOGIN_TRIES = timedelta(days=1)
CODE_USES = timedelta(days=2)
PROOFS = timedelta(days=1)  # the numbers codes were asked for
KIOSK_CALLS = timedelta(days=1)
RINGS = timedelta(days=90)  # what rang the phones of who works in a shop
REPORTS = timedelta(days=180)  # as long as a provider itself keeps what it told
ANSWERS = timedelta(days=7)  # what programs were answered and told
MALL_EVENTS = timedelta(days=90)  # what was looked at in the own mall
_BATCH = 200


def erase_the_long_gone(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Erase a shop's customers who did not come for a year and have nothing left on the card.

    Each is a transaction of its own. Stops between two when asked to. Returns how many were erased.
    """
    erased = 0
    while True:
        gone = cards.long_gone(
            shop_id=shop_id,
            before=now - PERSON,
            limit=_BATCH,
            unless=book.holds_living(now) | warranties.holds_living(kst_day(now)),
        )
        for customer_id in gone:
            if stop():
                return erased
            try:
                erase(shop_id=shop_id, customer_id=customer_id, now=now)
            except NotHere:
                continue  # left by themselves at the same moment
            erased += 1
        if len(gone) < _BATCH:
            return erased


def prune(*, now: datetime) -> None:
    """Delete records of passing use whose time is over."""
    steps: tuple[tuple[Callable[..., None], timedelta], ...] = (
        (people.drop_evidence, EVIDENCE),
        (shops.drop_access_log, ACCESS_LOG),
        (shops.drop_sessions, SESSIONS),
        (shops.drop_links, LINKS),
        (shops.drop_tries, LOGIN_TRIES),
        (codes.drop_code_uses, CODE_USES),
        (proving.drop_numbers, PROOFS),
        (merging.drop_before, CAN_PART_FOR),
        (tablets.drop_calls, KIOSK_CALLS),
        (reporting.drop_reports, REPORTS),
        (notifying.drop_notifications, RINGS),
        (programs.drop_answers, ANSWERS),
        (programs.drop_events, MALL_EVENTS),
    )
    for drop, kept_for in steps:
        with write() as session:
            drop(session, before=now - kept_for)
    with write() as session:
        pushing.forget_strangers(session)
        notifying.forget_strangers(session)
