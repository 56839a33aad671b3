"""Whom a campaign would reach and how, who is left out and why, what it costs: before anything is sent.

Every person is judged as planning would judge them (messages/foreseeing.py); people of whom the gate knows the same are
judged once, so that a hundred thousand are counted in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.insights import groups
from app.kit.text import carrier_bytes, not_carried
from app.messages import accounts, crowd, foreseeing, prices, registry
from app.messages.campaigns import CampaignView
from app.messages.contract import CARD, Wire
from app.messages.foreseeing import Foreseen
from app.messages.gather import Known
from app.messages.rules import Person, cap_frees_at
from app.shops.models import Shop

_BATCH = 500
NAMES_ON_A_PAGE = 50


@dataclass(frozen=True)
class WayCount:
    """How many go by one way, and what they cost together."""

    key: str
    label: str
    people: int
    won: int
    is_by_hand: bool


@dataclass(frozen=True)
class LeftOut:
    """People to whom nothing is transmitted, for one reason. `on_card`: it still lies on their card."""

    code: str
    reason: str
    people: int
    on_card: bool


@dataclass(frozen=True)
class Sample:
    """The words as one real person of the group would read them."""

    customer_id: int
    name: str
    label: str  # by which way
    on_card: bool
    text: str
    length: int  # bytes as carriers count
    not_carried: tuple[str, ...]
    subject: str = ""


@dataclass(frozen=True)
class Reach:
    """What would happen if it were sent at that moment."""

    people: int  # in the group
    ways: list[WayCount]
    card_only: int
    waits: int  # of those that travel: later, because of a recent ad
    left_out: list[LeftOut]
    samples: list[Sample]  # the same person, one for each text

    @property
    def total(self) -> int:
        """Return how many people get it, on the card alone or also by another way."""
        return self.card_only + self.travels

    @property
    def travels(self) -> int:
        """Return to how many something is transmitted."""
        return sum(way.people for way in self.ways)

    @property
    def won(self) -> int:
        """Return what all of it costs."""
        return sum(way.won for way in self.ways)


class _Judge:
    """Says what would become of the message to one person after the other."""

    def __init__(self, view: CampaignView, *, shop_code: str, wire: Wire, at: datetime) -> None:
        self.kind, self.wire, self.at = registry.kind("campaign"), wire, at
        self.ways = view.ways.split()
        self.opt_out = f"{wire.public_url or wire.base_url}/o/…"
        self.facts: dict[str, Any] = {
            "campaign": view.id,
            "code": shop_code,
            "text": view.text or self.kind.text,
            "text_b": view.text_b,
            "coupon": view.coupon_kind_id is not None,
            "personal": view.is_personal,
            "photo": view.photo,
        }
        self._known: dict[tuple[Person, datetime | None], Foreseen] = {}

    def outcome(self, known: Known) -> Foreseen:
        """Return what becomes of it, the words those for a nameless one."""
        free = cap_frees_at(known.recent_ads, self.at)
        person = replace(known.person, name="")
        key = (person, free if free > self.at else None)
        if key not in self._known:
            self._known[key] = self._foresee(replace(known, person=person), "a")
        return self._known[key]

    def worded(self, known: Known, variant: str) -> Foreseen:
        """Return the same with this person's own words."""
        return self._foresee(known, variant)

    def _foresee(self, known: Known, variant: str) -> Foreseen:
        return foreseeing.foresee(
            known,
            kind=self.kind,
            wire=self.wire,
            facts={**self.facts, "variant": variant},
            chosen_ways=self.ways,
            at=self.at,
            opt_out=self.opt_out,
        )


def reach(shop_id: int, view: CampaignView, *, wire: Wire, at: datetime, now: datetime) -> Reach:
    """Count the group as it is now, as if the message were sent at `at`."""
    judge = _Judge(view, shop_code=_code(shop_id), wire=wire, at=at)
    people = waits = card_only = 0
    by_way: dict[str, dict[str, int]] = {}
    left: dict[tuple[str, str, bool], int] = {}
    best: tuple[int, int, Known] | None = None
    for ids, about in _batches(shop_id, view.group, now):
        for customer_id in ids:
            known = about.known(customer_id, but_message_id=0)
            seen = judge.outcome(known)
            people += 1
            rank = _rank(seen, known)
            if best is None or rank > best[0]:
                best = (rank, customer_id, known)
            if seen.way and seen.way != CARD:
                texts = by_way.setdefault(seen.way, {})
                texts[seen.text] = texts.get(seen.text, 0) + 1
                waits += seen.waits
                continue
            card_only += seen.way == CARD
            # Said before it happens: what the gate says afterwards is put into the present.
            reason = seen.reason.replace("보내지 않았어요.", "보내지 않아요.")
            why = (seen.code, reason or "카드에만 남기기로 했어요.", seen.way == CARD)
            left[why] = left.get(why, 0) + 1
    return Reach(
        people=people,
        ways=_way_counts(shop_id, by_way, has_photo=bool(view.photo)),
        card_only=card_only,
        waits=waits,
        left_out=sorted(
            (LeftOut(code, reason, n, on_card) for (code, reason, on_card), n in left.items()),
            key=lambda each: (-each.people, each.code),
        ),
        samples=_samples(judge, view, best) if best else [],
    )


def left_out_names(
    shop_id: int, view: CampaignView, *, code: str, wire: Wire, at: datetime, now: datetime, after_id: int = 0
) -> tuple[list[tuple[int, str]], int | None]:
    """Return (id, name) of the next people whom nothing is sent to for a reason, and the id to go on after."""
    judge = _Judge(view, shop_code=_code(shop_id), wire=wire, at=at)
    found: list[tuple[int, str]] = []
    for ids, about in _batches(shop_id, view.group, now, after_id):
        for customer_id in ids:
            known = about.known(customer_id, but_message_id=0)
            seen = judge.outcome(known)
            if seen.way in ("", CARD) and seen.code == code:
                if len(found) == NAMES_ON_A_PAGE:
                    return found, found[-1][0]
                found.append((customer_id, known.person.name))
    return found, None


def sample(shop_id: int, view: CampaignView, *, wire: Wire, at: datetime, now: datetime) -> list[Sample]:
    """Return the words for one real person of the group, looking at its first people only."""
    judge = _Judge(view, shop_code=_code(shop_id), wire=wire, at=at)
    best: tuple[int, int, Known] | None = None
    for ids, about in _batches(shop_id, view.group, now):
        for customer_id in ids:
            known = about.known(customer_id, but_message_id=0)
            rank = _rank(judge.outcome(known), known)
            if best is None or rank > best[0]:
                best = (rank, customer_id, known)
        break
    return _samples(judge, view, best) if best else []


def _rank(seen: Foreseen, known: Known) -> int:
    """Order people by how much of the message shows on them: one with a name, to whom it travels."""
    return 4 * (seen.way not in ("", CARD)) + 2 * bool(known.person.name) + (seen.way == CARD)


def _samples(judge: _Judge, view: CampaignView, best: tuple[int, int, Known]) -> list[Sample]:
    _its_rank, customer_id, known = best
    shown = []
    for variant in ("a", "b") if view.text_b else ("a",):
        seen = judge.worded(known, variant)
        channel = registry.channel(seen.way or CARD)
        by_phone = channel.CAPABILITIES.address == "phone"
        shown.append(
            Sample(
                customer_id=customer_id,
                name=known.person.name,
                label=channel.LABEL,
                on_card=not channel.CAPABILITIES.transmits,
                text=seen.text,
                length=carrier_bytes(seen.text),
                not_carried=tuple(not_carried(seen.text)) if by_phone else (),
            )
        )
    return shown


def _batches(
    shop_id: int, group: str, now: datetime, after_id: int = 0
) -> Iterator[tuple[list[int], crowd.Crowd]]:
    """Yield the group's people in steps, with what the gate asks about them."""
    going_on: int | None = after_id
    while going_on is not None:
        ids, going_on = groups.members(shop_id=shop_id, group=group, now=now, after_id=going_on, limit=_BATCH)
        if ids:
            yield ids, crowd.look_up(db.session, shop_id=shop_id, people=ids, now=now)


def _way_counts(shop_id: int, by_way: dict[str, dict[str, int]], *, has_photo: bool) -> list[WayCount]:
    counts = []
    for key, texts in by_way.items():
        can = registry.channel(key).CAPABILITIES
        won = 0
        if can.account:
            account = accounts.account(db.session, shop_id=shop_id, provider=can.account)
            for text, people in texts.items():
                form = prices.form_of(text, channel=can, photo=has_photo)
                won += people * prices.price_of(account, form)
        counts.append(WayCount(key, registry.channel(key).LABEL, sum(texts.values()), won, can.by_hand))
    return sorted(counts, key=lambda way: (-way.people, way.key))


def _code(shop_id: int) -> str:
    return str(db.session.scalar(select(Shop.code).where(Shop.id == shop_id)) or "")
