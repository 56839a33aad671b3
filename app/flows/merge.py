"""Two cards of one person become one, and for thirty days two again. Nothing is lost on the way.

Everything goes along by its own rows; stamps and points by a line on each card, so that each card's lines add
up to its balance at every moment. What happens after a merge is the kept one's, also when it is undone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.cards.actions import earning, ledger, lots, merged, merged_lots
from app.cards.models import Card, CardRule
from app.cards.rules import filled as filled_up
from app.customers import actions as people
from app.customers import merging, moving
from app.customers.actions import Trace
from app.customers.merges import CAN_PART_FOR
from app.customers.models import Customer, Merge
from app.flows import audit, filled, paper_card, tier
from app.flows.unit import after_a_race, write
from app.insights import actions as sums
from app.kit.refusals import NotHere, Refused
from app.messages import recall
from app.visits import actions as visits
from app.visits.models import Visit

_NO_GIFT = {"devices.customer_id", "messages.customer_id", "last", "said", "claim", "owed"}
_SAYS_WHO = ("name", "phone", "email", "memo", "staff_id")
_GONE = "찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요."


class SamePerson(Refused):
    """Both are one and the same row."""

    code = "same_person"
    status = 422
    sentence = "같은 카드예요. 합칠 다른 손님을 골라 주세요."


class NoUndo(Refused):
    """The merge is too old, was undone, or its kept card went into another one meanwhile."""

    code = "no_undo"
    sentence = "이제 나눌 수 없어요. 합친 지 30일이 지났거나 이미 나눈 카드예요."


class UndoNewestFirst(Refused):
    """Something was merged on top of it."""

    code = "undo_newest_first"
    sentence = "나중에 합친 카드가 있어요. 가장 나중에 합친 것부터 나눠 주세요."


def merge_people(*, shop_id: int, kept_id: int, gone_id: int, staff_id: int, now: datetime) -> int:
    """The owner says that two are one person; returns the merge's id. Twice is once.

    Raises SamePerson, and NotHere for somebody who is not of this shop or left.
    """
    return after_a_race(
        lambda: _merge_people(shop_id=shop_id, kept_id=kept_id, gone_id=gone_id, staff_id=staff_id, now=now)
    )


def _merge_people(*, shop_id: int, kept_id: int, gone_id: int, staff_id: int, now: datetime) -> int:
    if kept_id == gone_id:
        raise SamePerson
    with write() as session:
        # Held before it is asked: of two presses at once the second one sees what the first one made.
        merged.hold_cards(session, shop_id=shop_id, customer_ids=(kept_id, gone_id))
        before = merging.standing_merge(session, shop_id=shop_id, gone_id=gone_id)
        if before is not None and before.kept_id == kept_id:
            return before.id
        row = merge(
            session,
            shop_id=shop_id,
            kept_id=kept_id,
            gone_id=gone_id,
            how="owner",
            staff_id=staff_id,
            now=now,
        )
        audit.note(
            session,
            shop_id=shop_id,
            what="people_merged",
            staff_id=staff_id,
            subject=f"customer:{kept_id}",
            detail=str(row.stamps),
            now=now,
        )
        return row.id


def merge(
    session: Any, *, shop_id: int, kept_id: int, gone_id: int, how: str, staff_id: int | None, now: datetime
) -> Merge:
    """Let one person go into another inside the caller's transaction. `how`: code, counter or owner.

    Raises NotHere. Two at once: the cards are held in one order, and the unique row of who went decides.
    """
    merged.hold_cards(session, shop_id=shop_id, customer_ids=(kept_id, gone_id))
    low, high = sorted((kept_id, gone_id))
    both = {
        each: people.customer(session, shop_id=shop_id, customer_id=each, lock=True) for each in (low, high)
    }
    kept, gone = both[kept_id], both[gone_id]
    if kept is None or gone is None:
        raise NotHere(_GONE)
    target, rule = _card_of(session, person=kept, now=now)
    source, theirs = _card_of(session, person=gone, now=now)
    for card in (target, source):
        lots.expire(session, card=card, now=now)
    row = Merge(
        shop_id=shop_id, kept_id=kept_id, gone_id=gone_id, kept_card_id=target.id, gone_card_id=source.id, how=how,
        staff_id=staff_id, stamps=source.balance, points=source.points, at=now, moved={}, before={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    told = {"kept": merging.facts_of(kept), "gone": merging.facts_of(gone)}
    paper_card.leave_one(session, source=source, target=target, now=now)
    trace = Trace(source="merge", ip="", user_agent="")
    moved: dict[str, Any] = dict(
        moving.move(session, shop_id=shop_id, gone_id=gone_id, kept_id=kept_id, cards=(source.id, target.id))
    )
    moved["rounds"] = merged.fit_rewards(
        session, source=source, target=target, ids=moved.get("rewards.customer_id", [])
    )
    moved["standing"] = _standing(session, shop_id=shop_id, moved=moved)
    moved["said"] = merging.join_consents(session, kept=kept, gone=gone, trace=trace, now=now)
    moved["claim"] = merged.move_claim(session, source=source, target=target, now=now)
    moved["owed"] = min(target.balance, 0)
    lines = merged.hand_over(
        session, source=source, target=target, stamps=source.balance, points=source.points, how="merge",
        staff_id=staff_id, now=now,
    )  # fmt: skip
    line = lines[1] if lines is not None else None
    cards = {"source": (source, theirs), "target": (target, rule)}
    moved["lots"] = merged_lots.move_lots(session, **cards, line=line, now=now)
    moved["line"] = line.id if line is not None else None
    moved["last"] = merged.last_line(session, shop_id=shop_id)
    source.closed_at = now
    merging.drop_wish(session, shop_id=shop_id, customer_id=gone_id)
    merging.become_one(session, kept=kept, gone=gone, now=now)
    row.moved = moved
    if how == "owner" or not _was_blank(told["gone"], moved, line):
        row.before = {**told, "after": merging.facts_of(kept)}
    session.flush()
    if line is not None:
        # Seven here and five there are a full card: its holder hears of it as of any other.
        due = earning.give_what_is_due(
            session, card=target, rule=rule, earned=line, staff_id=staff_id, now=now
        )
        filled.tell(session, card=target, due=due, earned=line, now=now)
    recall.cancel_unconsented(session, shop_id=shop_id, customer_id=kept_id, now=now)
    ledger.touch(session, shop_id=shop_id, card_id=target.id)
    sums.touch(session, shop_id=shop_id, customer_ids=(kept_id,))
    tier.look_again(session, shop_id=shop_id, customer_id=kept_id, now=now, why="rule")
    return row


def _was_blank(told: dict[str, Any], moved: dict[str, Any], line: Any) -> bool:
    """Tell whether nothing came along but the phone itself: a card made a minute ago has nothing to part again."""
    brought = {name for name, rows in moved.items() if rows} - _NO_GIFT or moved["said"]["consents"]
    return line is None and not brought and not any(told[name] for name in _SAYS_WHO)


def _card_of(session: Any, *, person: Customer, now: datetime) -> tuple[Card, CardRule]:
    found = ledger.card(session, shop_id=person.shop_id, where=Card.customer_id == person.id, lock=True)
    if found is None:
        ledger.open_card(session, shop_id=person.shop_id, customer_id=person.id, now=now)
        found = ledger.card(session, shop_id=person.shop_id, where=Card.customer_id == person.id, lock=True)
    if found is None:
        raise NotHere(_GONE)
    return found


def undo_merge(*, shop_id: int, merge_id: int, staff_id: int, now: datetime) -> int:
    """Make two people of one again; returns whose card it was that comes back. Twice is once.

    Raises NotHere for another shop's merge, NoUndo after thirty days or once the person left,
    UndoNewestFirst.
    """
    with write() as session:
        row = merging.merge_of(session, shop_id=shop_id, merge_id=merge_id)
        if row is None:
            raise NotHere(_GONE)
        if row.undone_at is not None:
            return row.gone_id
        _must_be_undoable(session, row=row, now=now)
        target = merged.card_row(session, shop_id=shop_id, card_id=min(row.kept_card_id, row.gone_card_id))
        source = merged.card_row(session, shop_id=shop_id, card_id=max(row.kept_card_id, row.gone_card_id))
        if target.id != row.gone_card_id:
            target, source = source, target
        _part(session, row=row, kept_card=source, gone_card=target, staff_id=staff_id, now=now)
        row.undone_at, row.undone_by, row.before = now, staff_id, {}
        session.flush()
        visits.count_again(session, shop_id=shop_id, customer_ids=(row.kept_id, row.gone_id), now=now)
        sums.touch(session, shop_id=shop_id, customer_ids=(row.kept_id, row.gone_id))
        for each in (row.kept_id, row.gone_id):
            tier.look_again(session, shop_id=shop_id, customer_id=each, now=now, why="rule")
        audit.note(
            session,
            shop_id=shop_id,
            what="merge_undone",
            staff_id=staff_id,
            subject=f"customer:{row.kept_id}",
            now=now,
        )
        return row.gone_id


def _must_be_undoable(session: Any, *, row: Merge, now: datetime) -> None:
    if now - row.at > CAN_PART_FOR or not row.before:
        raise NoUndo
    kept = people.customer(session, shop_id=row.shop_id, customer_id=row.kept_id)
    later = session.scalars(
        select(Merge.before).where(
            Merge.shop_id == row.shop_id,
            Merge.kept_id == row.kept_id,
            Merge.id > row.id,
            Merge.undone_at.is_(None),
        )
    ).all()
    if kept is None or any(later):
        raise UndoNewestFirst


def _part(
    session: Any, *, row: Merge, kept_card: Card, gone_card: Card, staff_id: int, now: datetime
) -> None:
    shop_id, moved = row.shop_id, row.moved
    low, high = sorted((row.kept_id, row.gone_id))
    both = {each: merging.row_of(session, shop_id=shop_id, customer_id=each) for each in (low, high)}
    kept, gone = both[row.kept_id], both[row.gone_id]
    moving.move_back(
        session,
        shop_id=shop_id,
        gone_id=gone.id,
        kept_id=kept.id,
        cards=(gone_card.id, kept_card.id),
        moved=moved,
    )
    trace = Trace(source="merge", ip="", user_agent="")
    merging.part_consents(session, row=row, kept=kept, gone=gone, trace=trace, now=now)
    gone_card.closed_at = None
    merged.part_rewards(session, shop_id=shop_id, before=moved["rounds"])
    merged.claim_back(session, claim_id=moved.get("claim"), source=kept_card, target=gone_card)
    both_cards = {}
    for card in (kept_card, gone_card):
        lots.expire(session, card=card, now=now)
        both_cards[card.id] = (card, ledger.rule(session, shop_id=shop_id, rule_id=card.rule_id))
    line_id = moved["line"]
    since = line_id or moved["last"] + 1
    ended = merged_lots.lots_ended(
        session, source=kept_card, target=gone_card, held=moved["lots"], since=since, now=now
    )
    undone = merged.undone_since(session, shop_id=shop_id, card_id=gone_card.id, after=moved["last"])
    high = kept_card.balance
    lines = merged.hand_over(
        session,
        source=kept_card,
        target=gone_card,
        stamps=row.stamps - ended["stamp"] + undone[0],
        points=row.points - ended["point"] + undone[1],
        how="unmerge",
        staff_id=staff_id,
        now=now,
    )
    merge_line = ledger.entry(session, shop_id=shop_id, entry_id=line_id) if line_id else None
    back: dict[str, Any] = {"lines": lines, "merge_line": merge_line, "since": since, "now": now}
    sides: dict[str, Any] = {"source": both_cards[kept_card.id], "target": both_cards[gone_card.id]}
    merged_lots.lots_back(session, **sides, held=moved["lots"], **back)
    # Each owes for its own: a full card of one may have been opened for what was taken back of the other.
    for (card, rule), owed in (
        (sides["source"], moved.get("owed", 0)),
        (sides["target"], min(row.stamps, 0)),
    ):
        for cause in earning.repay(
            session, card=card, rule=rule, round_before=card.round, high=high if card is kept_card else 0,
            since=since, owed=owed, staff_id=staff_id, now=now,
        ):  # fmt: skip
            recall.cancel(session, shop_id=shop_id, cause=cause, reason="카드를 다시 나눴어요", now=now)
    rule = ledger.rule(session, shop_id=shop_id, rule_id=kept_card.rule_id)  # of a card that was opened again
    merged_lots.settle_parted(session, source=(kept_card, rule), target=gone_card, **back)
    for card, line in zip((kept_card, gone_card), lines or (), strict=False):
        rule = ledger.rule(session, shop_id=shop_id, rule_id=card.rule_id)
        if filled_up(card.balance, rule.goal):
            earning.give_what_is_due(session, card=card, rule=rule, earned=line, staff_id=staff_id, now=now)
    undone_visits = moved["standing"] - _standing(session, shop_id=shop_id, moved=moved)
    told = row.before
    merging.become_two(session, kept=kept, gone=gone, before=told, undone_visits=undone_visits)
    for person, name in ((kept, "kept"), (gone, "gone")):
        stands = Visit.reversed_at.is_(None)
        first, last, ever = session.execute(
            select(
                func.min(Visit.at).filter(stands), func.max(Visit.at).filter(stands), func.count(Visit.id)
            ).where(Visit.shop_id == shop_id, Visit.customer_id == person.id)
        ).one()
        # Visits that a file had brought are gone with it, and with them when somebody came.
        is_told = not ever and person.visit_count > 0
        merging.set_visits(person, first=first, last=last, told=told[name] if is_told else {})
    for card in (kept_card, gone_card):
        ledger.touch(session, shop_id=shop_id, card_id=card.id)


def _standing(session: Any, *, shop_id: int, moved: dict[str, Any]) -> int:
    """Return how many of the visits that went along are not taken back."""
    ids = moved.get("visits.customer_id", [])
    return int(
        session.scalar(
            select(func.count(Visit.id)).where(
                Visit.shop_id == shop_id, Visit.id.in_(ids), Visit.reversed_at.is_(None)
            )
        )
    )
