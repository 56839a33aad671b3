"""Reads about the owner's words to one person: the draft, what it is, how it would travel, and who asked for news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.customers.models import Customer
from app.extensions import db
from app.kit.text import not_carried
from app.messages import composing, gather, hand_rules, letter_rules, registry, routing, rules
from app.messages.contract import CARD, Kind, Wire
from app.messages.letter_models import DoneRequest, PersonalLetter
from app.reviews import photos
from app.reviews.photos import PhotoLine
from app.voices.models import Voice
from app.voices.rules import COMPLAINT, may_hear


@dataclass(frozen=True)
class Draft:
    """What somebody of the shop is writing to one person."""

    id: int
    customer_id: int
    customer_name: str
    text: str
    photo: PhotoLine | None
    done_id: int | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Look:
    """How it would go out now: what it is, in which form, and what the gate says of each way."""

    kind: str
    is_ad: bool
    class_words: str
    text: str  # as the text message would read; the owner's own words where none may go
    travels: str  # the other way's name, "" when it only lies on the card
    answer: str  # about that way, in the owner's words
    on_card: str  # why not even the card may carry it, or ""
    cost: str
    not_carried: tuple[str, ...]


def answers(shop_id: int, customer_id: int, *, role: str) -> bool:
    """Tell whether this person said something that waits for the shop, as far as this role may know."""
    query = select(Voice.id).where(
        Voice.shop_id == shop_id, Voice.customer_id == customer_id, Voice.waiting_since.is_not(None)
    )
    if not may_hear(COMPLAINT, role):
        query = query.where(Voice.kind != COMPLAINT)
    return db.session.scalar(query.limit(1)) is not None


def draft(
    shop_id: int,
    *,
    staff_id: int,
    letter_id: int | None = None,
    customer_id: int | None = None,
    done_id: int | None = None,
) -> Draft | None:
    """Return what this member of the staff is writing: by its number, or to a person who has none sent yet."""
    query = (
        select(PersonalLetter, Customer.name)
        .join(
            Customer,
            (Customer.shop_id == PersonalLetter.shop_id) & (Customer.id == PersonalLetter.customer_id),
        )
        .where(
            PersonalLetter.shop_id == shop_id,
            PersonalLetter.staff_id == staff_id,
            Customer.erased_at.is_(None),
        )
        .order_by(PersonalLetter.id.desc())
        .limit(1)
    )
    if letter_id is not None:
        query = query.where(PersonalLetter.id == letter_id)
    else:
        query = query.where(
            PersonalLetter.customer_id == customer_id,
            PersonalLetter.done_id == done_id if done_id is not None else PersonalLetter.done_id.is_(None),
            PersonalLetter.sent_at.is_(None),
        )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    letter: PersonalLetter = row[0]
    photo = photos.loose_photo(shop_id, letter.photo_ref) if letter.photo_ref else None
    return Draft(letter.id, letter.customer_id, row[1], letter.text, photo, letter.done_id, letter.sent_at)


def look(shop_id: int, letter: Draft, *, role: str, wire: Wire, now: datetime) -> Look:
    """Return how a draft would go out at this moment. Raises NoResultFound when the person is gone."""
    is_answer = answers(shop_id, letter.customer_id, role=role)
    key = letter_rules.kind_of(letter.text, answers=is_answer, is_done=letter.done_id is not None)
    kind = registry.kind(key)
    around = gather.look_around(
        db.session, shop_id=shop_id, customer_id=letter.customer_id, kind=kind, wire=wire, now=now
    )
    text, channel, verdict = letter.text, CARD, None
    for way in routing.ways(kind, around.person, around.sender):
        text, verdict = _judged(kind, way, around, letter.text, wire, now)
        channel = way
        if not isinstance(verdict, rules.LeaveOut):
            break
    _, on_card = _judged(kind, CARD, around, letter.text, wire, now)
    goes = verdict is not None and not isinstance(verdict, rules.LeaveOut)
    return Look(
        kind=key,
        is_ad=kind.is_ad,
        class_words=letter_rules.class_words(key, letter.text, answers=is_answer),
        text=text if goes else letter.text,
        travels=registry.channel(channel).LABEL if goes else "",
        answer=_answer(channel, verdict),
        on_card=on_card.reason if isinstance(on_card, rules.LeaveOut) else "",
        cost=hand_rules.cost_words(has_photo=letter.photo is not None)
        if goes and registry.channel(channel).CAPABILITIES.by_hand
        else "",
        not_carried=tuple(not_carried(letter.text)) if goes else (),
    )


def _judged(
    kind: Kind, channel: str, around: gather.Around, words: str, wire: Wire, now: datetime
) -> tuple[str, rules.Verdict]:
    facts = {"text": words}
    text = composing.compose(
        kind=kind,
        channel=channel,
        around=around,
        facts=facts,
        opt_out=f"{wire.public_url or wire.base_url}/o/…",
        base_url=wire.public_url or wire.base_url,
    )
    verdict = composing.verdict_on(
        kind=kind,
        channel=channel,
        around=around,
        text=text,
        facts=facts,
        not_after=now + kind.life,
        now=now,
    )
    return text, verdict


def _answer(channel: str, verdict: rules.Verdict | None) -> str:
    if verdict is None:
        return "카드의 ‘가게에서 온 말’에만 남겨요."
    if isinstance(verdict, rules.LeaveOut):
        return f"문자로는 보내지 않고 카드에만 남겨요. {verdict.reason}"
    if isinstance(verdict, rules.Wait):
        return f"카드에 바로 남기고, 문자는 기다려요. {verdict.reason}"
    if registry.channel(channel).CAPABILITIES.by_hand:
        return "카드에 바로 남기고, 문자는 ‘오늘 보낼 말’에 준비해 드려요. 사장님 휴대폰으로 보내시면 돼요."
    return "카드에 바로 남기고, 문자도 바로 보내요."


@dataclass(frozen=True)
class DoneLine:
    """One person who wants to be told when the work is done."""

    id: int
    customer_id: int
    name: str
    what: str
    asked_at: datetime
    state: str


_DONE = (
    select(
        DoneRequest.id,
        DoneRequest.customer_id,
        Customer.name,
        DoneRequest.what,
        DoneRequest.asked_at,
        DoneRequest.state,
    )
    .join(Customer, (Customer.shop_id == DoneRequest.shop_id) & (Customer.id == DoneRequest.customer_id))
    .where(Customer.erased_at.is_(None))
)


def waiting_for_news(shop_id: int) -> list[DoneLine]:
    """끝나면 알릴 손님: return who waits, the longest on top."""
    rows = db.session.execute(
        _DONE.where(DoneRequest.shop_id == shop_id, DoneRequest.state == "waiting").order_by(DoneRequest.id)
    )
    return [DoneLine(*row) for row in rows]


def news_request(shop_id: int, done_id: int) -> DoneLine | None:
    """Return one request, whatever became of it; None for another shop's."""
    row = db.session.execute(
        _DONE.where(DoneRequest.shop_id == shop_id, DoneRequest.id == done_id)
    ).one_or_none()
    return DoneLine(*row) if row else None


def news_for(shop_id: int, customer_id: int) -> DoneLine | None:
    """Return what this person waits for, for the card; None when nothing."""
    row = db.session.execute(
        _DONE.where(
            DoneRequest.shop_id == shop_id,
            DoneRequest.customer_id == customer_id,
            DoneRequest.state == "waiting",
        )
        .order_by(DoneRequest.id)
        .limit(1)
    ).one_or_none()
    return DoneLine(*row) if row else None


def asked_for_news(shop_id: int, customer_id: int) -> list[DoneLine]:
    """Return everything this person ever asked for, for their own copy of what the shop knows."""
    rows = db.session.execute(
        _DONE.where(DoneRequest.shop_id == shop_id, DoneRequest.customer_id == customer_id).order_by(
            DoneRequest.id
        )
    )
    return [DoneLine(*row) for row in rows]
