"""What one visit moved on a card: the lines it earned, and what was used at it. Flush, never commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cards import promises
from app.cards.actions import earning, ledger, lots
from app.cards.extras import at_visit, on_cards_of
from app.cards.history import undone
from app.cards.models import Card, CardRule, LedgerEntry, Redemption, Reward
from app.visits.actions import is_open
from app.visits.models import Visit


def earned_at(session: Any, *, visit: Visit) -> list[LedgerEntry]:
    """Return the standing stamps of a visit on its person's card, the newest first.

    Two cards that were one may have stamps of one visit; once they are two again each answers for its own.
    """
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.shop_id == visit.shop_id,
                LedgerEntry.visit_id == visit.id,
                LedgerEntry.kind == "earn",
                ~undone(),
                on_cards_of(visit),
            )
            .order_by(LedgerEntry.id.desc())
        )
    )


def used_at(session: Any, *, visit: Visit) -> list[int]:
    """Return the standing uses of rewards at a visit."""
    return list(
        session.scalars(
            select(Redemption.id)
            .join(Reward, (Reward.shop_id == Redemption.shop_id) & (Reward.id == Redemption.reward_id))
            .where(
                Redemption.shop_id == visit.shop_id,
                Redemption.reversed_at.is_(None),
                at_visit(
                    Redemption.visit_id, Redemption.at, visit, whose=Reward.customer_id == visit.customer_id
                ),
            )
            .order_by(Redemption.id)
        )
    )


def spent_at(session: Any, *, visit: Visit) -> list[LedgerEntry]:
    """Return the standing lines of points that were spent at a visit."""
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.shop_id == visit.shop_id,
                LedgerEntry.kind == "redeem",
                ~undone(),
                at_visit(LedgerEntry.visit_id, LedgerEntry.at, visit, whose=on_cards_of(visit)),
            )
            .order_by(LedgerEntry.id)
        )
    )


def corrections_of(
    session: Any, *, entry: LedgerEntry, how: tuple[str, ...] = ("amount", "visit")
) -> list[LedgerEntry]:
    """Return the standing lines that changed a stamp's points later: by its amount, or by the visit's own points."""
    return list(
        session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.shop_id == entry.shop_id,
                LedgerEntry.part_of_id == entry.id,
                LedgerEntry.kind == "adjust",
                LedgerEntry.how.in_(how),
                ~undone(),
            )
        )
    )


def rule_of(session: Any, *, entry: LedgerEntry) -> CardRule:
    """Return the rule that a stamp was given under: its card may be under another one by now.

    Lines from before rules were noted on them have the one that the card's next line names: only a full card brings
    another, and that line names the one it was filled under.
    """
    rule_id = entry.rule_id
    if rule_id is None:
        later = (LedgerEntry.id > entry.id, LedgerEntry.rule_id.is_not(None))
        of_card = (LedgerEntry.shop_id == entry.shop_id, LedgerEntry.card_id == entry.card_id)
        named = select(LedgerEntry.rule_id).where(*of_card, *later).order_by(LedgerEntry.id).limit(1)
        mine = select(Card.rule_id).where(Card.shop_id == entry.shop_id, Card.id == entry.card_id)
        rule_id = session.scalar(named) or session.scalar(mine)
    return ledger.rule(session, shop_id=entry.shop_id, rule_id=rule_id)


def points_of_amount(session: Any, *, entry: LedgerEntry, rule: CardRule) -> int:
    """Return the points that a stamp's amount has really brought, with what was put right since."""
    later = sum(line.points for line in corrections_of(session, entry=entry, how=("amount",)))
    return entry.points - _of_its_visit(session, entry=entry, rule=rule) + later


def _of_its_visit(session: Any, *, entry: LedgerEntry, rule: CardRule) -> int:
    """Return the visit's own points within a stamp's line: only the one that began the visit has them."""
    before = select(LedgerEntry.id).where(
        LedgerEntry.shop_id == entry.shop_id,
        LedgerEntry.visit_id == entry.visit_id,
        LedgerEntry.kind == "earn",
        LedgerEntry.id < entry.id,
    )
    if entry.visit_id is None or session.scalar(before.limit(1)) is not None:
        return 0
    return promises.points_for(rule, amount=None, is_visit=True, percent=entry.percent)


def visits_own(session: Any, *, entry: LedgerEntry) -> tuple[LedgerEntry, int]:
    """Return the visit's own points that lie on a stamp, and the line that brought them: itself, or one left to it."""
    for line in corrections_of(session, entry=entry, how=("visit",)):
        return line, line.points
    return entry, _of_its_visit(session, entry=entry, rule=rule_of(session, entry=entry))


def leave_to_the_others(
    session: Any,
    *,
    card: Card,
    entry: LedgerEntry,
    own: tuple[LedgerEntry, int],
    now: datetime,
) -> bool:
    """Let a visit go on without a stamp that was taken back: less its amount, its own points on the oldest other one.

    `own`: visits_own() of before. What a till told, or staff wrote down, was paid all the same. Returns False when no
    other stamp of the visit stands.
    """
    visit = session.scalar(select(Visit).where(Visit.shop_id == entry.shop_id, Visit.id == entry.visit_id))
    others = [] if visit is None else earned_at(session, visit=visit)
    if not others:
        return False
    if entry.amount is not None and is_open(visit):
        visit.amount = (visit.amount or 0) - entry.amount or None
    brought_by, points = own
    # What of them had ended was taken by nobody, and comes to nobody.
    points = min(points, brought_by.points - lots.ended_of(session, entry=brought_by).points)
    if points > 0:
        rule = ledger.rule(session, shop_id=card.shop_id, rule_id=card.rule_id)
        end = lots.end_of_line(session, entry=brought_by)
        earning.correct_points(
            session, card=card, rule=rule, entry=others[-1], points=points, now=now, how="visit", end=end
        )
    return True
