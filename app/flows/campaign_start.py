"""단체 문자 confirmed: its people are fixed at that moment, and ten minutes are left to stop it (S22)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select

from app.flows import audit
from app.flows.campaign import NOT_THERE, draft_of, fault_of, is_worded
from app.flows.unit import write
from app.insights import groups
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import campaign_reach, campaign_rules, campaigns, holdout
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.campaigns import CampaignView
from app.messages.contract import Wire


class EnoughToday(Refused):
    """As many campaigns as a shop sends on one day."""

    code = "enough_today"
    sentence = f"단체 문자는 하루에 {campaign_rules.DAY_MOST}번까지 보낼 수 있어요. 내일 보내 주세요."


def confirm(
    *,
    shop_id: int,
    staff_id: int,
    campaign_id: int,
    typed: str,
    seen: int | None,
    compares: bool,
    wire: Wire,
    now: datetime,
) -> None:
    """Send a draft to everybody of its group: from now on it goes by itself, and may be stopped.

    `typed`: the number of people as the owner typed it; it goes to no other number. `seen`: the number that stood
    on the page. `compares`: a tenth is left out to see what it brings, where it reaches enough people. The second
    tap changes nothing. Raises Invalid (typed, text, day), EnoughToday, NotHere.
    """
    view = campaigns.campaign(shop_id, campaign_id)
    if view is None:
        raise NotHere(NOT_THERE)
    if not view.is_draft:
        return
    if not is_worded(view.text, view.text_b):
        raise Invalid({"text": fault_of(view.text) or fault_of(view.text_b) or ""})
    if not view.is_soon and (fault := campaign_rules.moment_fault(view.send_at, now)) is not None:
        raise Invalid({"day": fault})
    send_at = campaign_rules.starts_at(is_soon=view.is_soon, chosen=view.send_at, now=now)
    found = campaign_reach.reach(shop_id, view, wire=wire, at=send_at, now=now)
    _must_be_meant(typed, seen, found.total)
    with write() as session:
        held = draft_of(session, shop_id=shop_id, campaign_id=campaign_id)
        held.state, held.made_at, held.made_by, held.send_at = "waiting", now, staff_id, send_at
        held.counted = found.total
        held.holds_out = compares and found.travels >= holdout.LEAST
        session.flush()
        _freeze(session, held, view, now)
        # Last, under the lock of the shop's record: of several at once each sees all that came before it.
        audit.note(
            session,
            shop_id=shop_id,
            what="campaign",
            staff_id=staff_id,
            subject=f"campaign:{campaign_id}",
            detail=str(found.total),
            now=now,
        )
        if campaigns.sent_today(shop_id, now=now) > campaign_rules.DAY_MOST:
            raise EnoughToday


def _must_be_meant(typed: str, seen: int | None, total: int) -> None:
    number = campaign_rules.typed_number(typed)
    if not total:
        raise Invalid({"typed": "지금은 받을 분이 없어요. 누구에게 보낼지 다시 골라 주세요."})
    if number is None:
        raise Invalid({"typed": "받는 분이 몇 명인지 숫자로 적어 주세요."})
    if number != total and number == seen:
        raise Invalid({"typed": f"그사이 {total:,}명이 되었어요. 다시 보고 적어 주세요."})
    if number != total:
        raise Invalid({"typed": f"받는 분은 {total:,}명이에요. 숫자를 다시 적어 주세요."})


def _freeze(session: Any, held: Campaign, view: CampaignView, now: datetime) -> None:
    """Write down who is in the group at this moment: one statement, however many they are."""
    people = groups.chosen(shop_id=held.shop_id, group=view.group, now=now).subquery()
    rows = select(literal(held.shop_id), literal(held.id), people.c.id)
    columns = ["shop_id", "campaign_id", "customer_id"]
    session.execute(insert(CampaignPerson).from_select(columns, rows, include_defaults=False))
