"""단체 문자 being written: whom it is for, what it says, when it goes. Every step is kept at once.

Whoever puts the phone away finds the draft again; nothing goes out before it is confirmed (flows/campaign_start.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.coupons import actions as coupons
from app.flows.automation import text_fault
from app.flows.unit import after_a_race, write
from app.insights import groups
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import campaign_rules, registry, ways
from app.messages.campaign_models import Campaign
from app.messages.contract import Wire

NOT_THERE = "찾으시는 단체 문자가 없어요. 목록에서 다시 골라 주세요."
LONGEST_DRAFT = 4000  # characters that are kept while somebody still writes
_EMPTY = "보낼 글을 적어 주세요."


class Confirmed(Refused):
    """It was confirmed before: what people will read is no draft any more."""

    code = "campaign_confirmed"
    status = 409
    sentence = "이미 보내기로 한 단체 문자예요. 바꾸시려면 취소하고 새로 써 주세요."


def begin(*, shop_id: int, staff_id: int, group: str, once: str, now: datetime) -> int:
    """Begin a campaign for a group; the same `once` begins one. Returns its id. Raises Invalid (people)."""
    people = _known(shop_id, group)
    return after_a_race(lambda: _begin(shop_id, staff_id, people, once, now))


def _begin(shop_id: int, staff_id: int, people: dict[str, str], once: str, now: datetime) -> int:
    with write() as session:
        before = session.scalar(select(Campaign.id).where(Campaign.shop_id == shop_id, Campaign.once == once))
        if before is not None:
            return int(before)
        made = Campaign(
            shop_id=shop_id,
            once=once,
            made_by=staff_id,
            made_at=now,
            people=people,
            counted=0,
            text="",
            send_at=now,
            state="draft",
        )
        session.add(made)
        session.flush()
        return made.id


def choose_people(*, shop_id: int, campaign_id: int, group: str) -> None:
    """Let a draft be for another group. Raises Invalid (people), NotHere, Confirmed."""
    people = _known(shop_id, group)
    with write() as session:
        draft_of(session, shop_id=shop_id, campaign_id=campaign_id).people = people


def keep(*, shop_id: int, campaign_id: int, text: str, text_b: str, coupon_kind_id: int | None) -> None:
    """Keep the words of a draft as far as they are typed, whatever is still wrong with them. Raises NotHere, Confirmed."""
    with write() as session:
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        draft.text, draft.text_b = text[:LONGEST_DRAFT], text_b[:LONGEST_DRAFT]
        if coupon_kind_id is None or _gives(session, shop_id, coupon_kind_id):
            draft.coupon_kind_id = coupon_kind_id


def word(
    *, shop_id: int, campaign_id: int, text: str, text_b: str, compares: bool, coupon_kind_id: int | None
) -> None:
    """Write what a draft says, and choose the coupon given with it.

    `compares`: `text_b` is the other of two texts. Raises Invalid with a sentence a field (text, text_b, coupon),
    NotHere, Confirmed.
    """
    words, other = (each.replace("\r\n", "\n").strip() for each in (text, text_b if compares else ""))
    wrong = {}
    if (fault := fault_of(words)) is not None:
        wrong["text"] = fault
    if compares and (fault := fault_of(other)) is not None:
        wrong["text_b"] = fault
    elif compares and words == other:
        wrong["text_b"] = "두 글이 같아요. 하나를 다르게 적어 주세요."
    with write() as session:
        if coupon_kind_id is not None and not _gives(session, shop_id, coupon_kind_id):
            wrong["coupon"] = "지금 드리고 있는 쿠폰이 아니에요. 다시 골라 주세요."
        if wrong:
            raise Invalid(wrong)
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        draft.text, draft.text_b, draft.coupon_kind_id = words, other, coupon_kind_id


def is_worded(text: str, text_b: str) -> bool:
    """Tell whether the words of a draft may go as they are."""
    return fault_of(text) is None and (not text_b or fault_of(text_b) is None)


def fault_of(words: str) -> str | None:
    """Return what is wrong with the words of a campaign, as a sentence, or None."""
    return text_fault(registry.kind("campaign"), words) if words else _EMPTY


def time(*, shop_id: int, campaign_id: int, is_soon: bool, day: str, hour: str, now: datetime) -> None:
    """Choose when a draft goes: ten minutes after it is confirmed, or on a day at an hour.

    Raises Invalid (day), NotHere, Confirmed.
    """
    chosen = now if is_soon else campaign_rules.read_moment(day, hour)
    fault = None if is_soon else campaign_rules.moment_fault(chosen, now)
    if fault is not None or chosen is None:
        raise Invalid({"day": fault or ""})
    with write() as session:
        draft = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        draft.is_soon, draft.send_at = is_soon, chosen


def choose_ways(*, shop_id: int, campaign_id: int, chosen: Collection[str], wire: Wire) -> None:
    """Choose by which ways a draft travels; none of them: it lies on the card alone. Raises NotHere, Confirmed."""
    lines = ways.offered(shop_id, registry.kind("campaign"), chosen="", wire=wire)
    kept = campaign_rules.kept_ways(
        chosen,
        offered=[line.key for line in lines],
        paid=[line.key for line in lines if line.is_paid],
    )
    with write() as session:
        draft_of(session, shop_id=shop_id, campaign_id=campaign_id).ways = kept


def drop(*, shop_id: int, campaign_id: int) -> None:
    """Throw a draft away; the second tap finds it gone and is content. Raises Confirmed."""
    with write() as session:
        try:
            session.delete(draft_of(session, shop_id=shop_id, campaign_id=campaign_id))
        except NotHere:
            return


def drop_old_drafts(*, shop_id: int, now: datetime) -> None:
    """Let go of what was begun a month ago and never sent."""
    with write() as session:
        session.execute(
            delete(Campaign)
            .where(
                Campaign.shop_id == shop_id,
                Campaign.state == "draft",
                Campaign.made_at < now - campaign_rules.DRAFTS,
            )
            .execution_options(synchronize_session=False)
        )


def draft_of(session: Any, *, shop_id: int, campaign_id: int) -> Campaign:
    """Return a draft, held until the flow ends. Raises NotHere for another shop's, Confirmed for what is none."""
    found: Campaign | None = session.scalar(
        select(Campaign)
        .where(Campaign.shop_id == shop_id, Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere(NOT_THERE)
    if found.state != "draft":
        raise Confirmed
    return found


def _known(shop_id: int, group: str) -> dict[str, str]:
    """Return a group with its name, which what is sent keeps when the group is called otherwise or gone."""
    name = groups.names(shop_id).get(group)
    if name is None:
        raise Invalid({"people": "누구에게 보낼지 골라 주세요."})
    return {"group": group, "name": name}


def _gives(session: Any, shop_id: int, kind_id: int) -> bool:
    kind = coupons.kind(session, shop_id=shop_id, kind_id=kind_id)
    return kind is not None and kind.ended_at is None
