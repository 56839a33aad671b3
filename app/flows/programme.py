"""체험단, 모니터단, 맛보기 on the owner's side: written, shown, given more time, begun anew (ended: programme_end)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.board.draw_rules import SEED_BYTES, seed_hash
from app.coupons import actions as coupons
from app.flows import audit
from app.flows.unit import after_a_race, write
from app.insights import groups
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Invalid
from app.kit.signing import new_token, token_hash
from app.shops import actions as shops
from app.testers import actions, rules, starts
from app.testers import typed as typed_rules
from app.testers.models import Programme
from app.testers.rules import AFTER, TASTING, Facts, NoProgramme, NotNow, Question

USE = "testers"  # in Shop.uses: the card shows the way there


def make(
    *, shop_id: int, staff_id: int, typed: Mapping[str, str], start: str, once: str, now: datetime
) -> int:
    """Begin a programme from a ready set of questions; nobody sees it yet. The same press (key, by the same person)
    begins one; returns its id. Raises Invalid."""
    facts = _clean(shop_id, typed, now)
    key = token_hash(f"{staff_id}:{once}")[:40]

    def made() -> int:
        with write() as session:
            if (before := actions.by_once(session, shop_id=shop_id, once=key)) is not None:
                return before.id
            _must_be_a_coupon(session, shop_id, facts)
            seed = secrets.token_hex(SEED_BYTES)
            row = Programme(
                shop_id=shop_id, once=key, ref=new_token(), seed=seed, seed_hash=seed_hash(seed),
                staff_id=staff_id, made_at=now, drawn={},
            )  # fmt: skip
            _fill(row, facts)
            session.add(row)
            session.flush()
            asked = starts.questions_of(start, facts.sort)
            actions.add_questions(session, shop_id=shop_id, programme_id=row.id, asked=asked)
            return row.id

    return after_a_race(made)


def edit(*, shop_id: int, programme_id: int, typed: Mapping[str, str], now: datetime) -> None:
    """Change what nobody has seen yet. Raises Invalid, NoProgramme, NotNow once it was shown."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        facts = _clean(shop_id, {**typed, "sort": row.sort}, now)
        _must_be_draft(row)
        _must_be_a_coupon(session, shop_id, facts)
        _fill(row, facts)


def later(*, shop_id: int, programme_id: int, day: str, now: datetime) -> None:
    """Take answers, or applications while they are taken, until a later day. Raises Invalid, NoProgramme, NotNow."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        stage = standing(row).stage(now)
        if stage not in ("recruiting", "trying") or row.sort == TASTING:
            raise NotNow("지금은 날짜를 미룰 것이 없어요.")
        try:
            moment = start_of_day(date.fromisoformat(day) + timedelta(days=1))
        except (ValueError, OverflowError):
            raise Invalid({"day": "며칠까지 미룰지 골라 주세요."}) from None
        name = "apply_until" if stage == "recruiting" else "answer_until"
        before = getattr(row, name)
        if before is None or moment <= before or moment > now + timedelta(days=366):
            raise Invalid({"day": "지금 정한 날보다 뒤, 1년 안의 날로 골라 주세요."})
        if name == "apply_until" and row.answer_until is not None and moment >= row.answer_until:
            raise Invalid({"day": "답을 받는 마지막 날보다 앞이어야 해요."})
        setattr(row, name, moment)


def show(*, shop_id: int, staff_id: int, programme_id: int, now: datetime) -> None:
    """모집 시작: from now on people see it. Twice is once. Raises Invalid, NoProgramme, NotNow."""
    with write() as session:
        row = held(session, shop_id, programme_id)
        if row.shown_at is not None:
            return
        there = actions.questions(session, shop_id=shop_id, programme_id=programme_id)
        after = [each for each in there if each.when == AFTER]
        if not after:
            raise Invalid({"questions": "여쭤볼 것을 하나라도 적어 주세요."})
        if row.sort == TASTING and len(after) > 1:
            raise Invalid({"questions": "맛보기는 한 가지만 여쭤봐요. 하나만 남겨 주세요."})
        if row.apply_until is not None and row.apply_until <= now:
            raise Invalid({"questions": "신청 마지막 날이 지났어요. ‘고치기’에서 날짜를 다시 골라 주세요."})
        row.shown_at = now
        shops.set_use(session, shop_id=shop_id, what=USE, is_on=True)
        note_done(session, row, staff_id, "shown", now)


def drop(*, shop_id: int, programme_id: int) -> None:
    """Throw away what nobody has seen; the second press is content. Raises NotNow once it was shown."""
    with write() as session:
        row = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
        if row is not None:
            _must_be_draft(row)
            actions.drop(session, row=row)


def copy(*, shop_id: int, staff_id: int, programme_id: int, once: str, now: datetime) -> int:
    """Begin anew from a programme with the same words and questions, its days moved on; returns the draft's id.

    The same press makes one. Raises NoProgramme.
    """
    key = token_hash(f"{staff_id}:{once}")[:40]

    def copied() -> int:
        with write() as session:
            if (before := actions.by_once(session, shop_id=shop_id, once=key)) is not None:
                return before.id
            old = held(session, shop_id, programme_id)
            seed, moved = secrets.token_hex(SEED_BYTES), now - (old.shown_at or old.made_at)
            row = Programme(
                shop_id=shop_id, once=key, ref=new_token(), sort=old.sort, product=old.product,
                product_id=old.product_id, about=old.about, people=old.people, places=old.places,
                price=old.price, benefit=old.benefit, coupon_kind_id=old.coupon_kind_id,
                conditions=dict(old.conditions), try_days=old.try_days, seed=seed, seed_hash=seed_hash(seed),
                invites=old.invites, staff_id=staff_id, made_at=now, drawn={},
            )  # fmt: skip
            for name in ("apply_until", "answer_until"):
                day = getattr(old, name)
                setattr(row, name, start_of_day(kst_day(day + moved)) if day else None)
            for name in ("term_starts", "term_ends"):
                day = getattr(old, name)
                setattr(row, name, day + timedelta(days=moved.days) if day else None)
            session.add(row)
            session.flush()
            asked = [
                Question(each.when, each.form, each.text, tuple(each.options), each.is_needed)
                for each in actions.questions(session, shop_id=shop_id, programme_id=old.id)
            ]
            actions.add_questions(session, shop_id=shop_id, programme_id=row.id, asked=asked)
            return row.id

    return after_a_race(copied)


def standing(row: Programme) -> rules.Standing:
    """Return where a programme is."""
    return rules.Standing(
        row.sort, row.shown_at, row.closed_at, row.apply_until, answers_until(row), row.ended_at
    )


def answers_until(row: Programme) -> datetime | None:
    """Return the moment from which nobody answers any more: of a 모니터단 the end of its term."""
    if row.term_ends is not None:
        return start_of_day(row.term_ends + timedelta(days=1))
    return row.answer_until


def last_day(moment: datetime) -> date:
    """Return the last good Korean day before a moment at which something ends."""
    return kst_day(moment - timedelta(minutes=1))


def _clean(shop_id: int, typed: Mapping[str, str], now: datetime) -> Facts:
    facts = typed_rules.clean_facts(typed, today=kst_day(now))
    if facts.people and facts.people not in groups.names(shop_id):
        raise Invalid({"people": "누가 신청할 수 있는지 골라 주세요."})
    return facts


def _fill(row: Programme, facts: Facts) -> None:
    for name in (
        "sort",
        "product",
        "about",
        "people",
        "places",
        "price",
        "benefit",
        "coupon_kind_id",
        "try_days",
    ):
        setattr(row, name, getattr(facts, name))
    row.term_starts, row.term_ends, row.invites = facts.term_starts, facts.term_ends, facts.invites
    row.conditions = {"least_visits": facts.least_visits, "note": facts.note}
    row.apply_until, row.answer_until = _end_of(facts.apply_until), _end_of(facts.answer_until)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else start_of_day(day + timedelta(days=1))


def held(session: Any, shop_id: int, programme_id: int) -> Programme:
    """Return a programme of this shop, held until the flow ends. Raises NoProgramme."""
    row = actions.programme(session, shop_id=shop_id, programme_id=programme_id)
    if row is None:
        raise NoProgramme
    return row


def _must_be_draft(row: Programme) -> None:
    if row.shown_at is not None:
        raise NotNow("이미 시작해서 바꿀 수 없어요. 날짜는 뒤로 미룰 수 있어요.")


def _must_be_a_coupon(session: Any, shop_id: int, facts: Facts) -> None:
    if facts.coupon_kind_id is None:
        return
    kind = coupons.kind(session, shop_id=shop_id, kind_id=facts.coupon_kind_id)
    if kind is None or kind.ended_at is not None or kind.rule != "manual":
        raise Invalid({"coupon": "드릴 쿠폰을 다시 골라 주세요."})


def note_done(session: Any, row: Programme, staff_id: int, what: str, now: datetime) -> None:
    """Write down in the shop's record of changes what was done with a programme."""
    audit.note(
        session,
        shop_id=row.shop_id,
        what="tester_programme",
        staff_id=staff_id,
        subject=f"programme:{row.id}",
        detail=what,
        now=now,
    )
