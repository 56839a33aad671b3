"""A shop's own account with a provider of texts: its keys taken in, tried on the owner's own phone, switched, removed.

Nothing goes out over an account before a try has gone well. Keys are sealed as they come in and opened for a call only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from app.extensions import db
from app.flows import audit
from app.flows.unit import after_a_race, end_reading, write
from app.kit.clock import kst_day
from app.kit.phone import callback_number, korean_mobile
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.signing import new_token
from app.kit.text import SMS_BYTES, as_carried, carrier_bytes
from app.messages import accounts, registry
from app.messages.account_words import met, said
from app.messages.contract import Account, Letter, Outcome, Wire
from app.messages.provider_contract import Provider, Standing
from app.messages.way_models import ChannelAccount, TalkTemplate
from app.shops.models import Shop

# Tries on a Korean day: each one is a text that the shop pays for.
TRIES_A_DAY = 5
_UNTRIED = "시험 보내기를 한 번 해 보면 켜져요."
_SENT = "이 문자가 보이면 문자 보내기가 잘 연결됐어요."


class NoSuchAccount(NotHere):
    """There is no account with that provider."""

    sentence = "연결한 곳이 없어요. 키를 먼저 적어 주세요."


class TriedEnough(Refused):
    """More tries than a day has."""

    code = "tried_enough"
    status = 422
    sentence = f"시험은 하루 {TRIES_A_DAY}번까지예요. 내일 다시 해 주세요."


class DemoShop(Refused):
    """A demo shop and a provider that would really send."""

    code = "demo_only"
    status = 422
    sentence = "체험 가게에서는 진짜 문자를 보내지 않아요. 사장님 가게를 열고 거기서 연결해 주세요."


class NotTried(Refused):
    """Switched on before a try went well."""

    code = "not_tried"
    status = 422
    sentence = "시험 보내기를 먼저 해 주세요. 잘 가면 저절로 켜져요."


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: `went` and, if not, why in the owner's words."""

    went: bool
    sentence: str


def provider_of(key: str) -> Provider:
    """Return a provider. Raises NotHere for one that we don't know."""
    found = registry.providers().get(key)
    if found is None:
        raise NotHere("그런 곳은 아직 연결할 수 없어요.")
    return found


def must_not_be_demo(session: Any, *, shop_id: int, provider: str, wire: Wire) -> str:
    """Return the shop's name. Raises DemoShop where a demo shop would call the provider itself."""
    shop = session.execute(select(Shop.name, Shop.is_demo).where(Shop.id == shop_id)).one()
    if shop.is_demo and wire.calls_itself(provider):
        raise DemoShop
    name: str = shop.name
    return name


def account_of(*, shop_id: int, provider: str, wire: Wire) -> Account:
    """Return an account in whatever state, for a call to its provider. Raises NotHere, NoSuchAccount, DemoShop."""
    provider_of(provider)
    account = accounts.any_state(db.session, shop_id=shop_id, provider=provider)
    if account is None:
        raise NoSuchAccount
    must_not_be_demo(db.session, shop_id=shop_id, provider=provider, wire=wire)
    end_reading()  # nothing is open while the provider is called
    return account


def save_keys(*, shop_id: int, staff_id: int, provider: str, typed: Mapping[str, str], now: datetime) -> None:
    """Take an account's keys, sender number and profile in. An empty key keeps the one that is there.

    Other keys or another number are another account: it is off until a try goes well. Raises NotHere, Invalid
    (fields: the provider's own, `sender`, `profile`).
    """
    place = provider_of(provider)
    after_a_race(partial(_save_keys, place, shop_id, staff_id, typed, now))


def _save_keys(place: Provider, shop_id: int, staff_id: int, typed: Mapping[str, str], now: datetime) -> None:
    provider = place.KEY
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider)
        old = _keys(session, shop_id=shop_id, provider=provider) if row is not None else {}
        keys, sender, profile = _clean(place, typed, old)
        is_new = row is None or keys != old or sender != row.sender
        if row is None:
            row = ChannelAccount(
                shop_id=shop_id, provider=provider, hook=new_token(), made_at=now, settings={}
            )
            session.add(row)
        row.sealed = accounts.sealed_keys(keys, shop_id=shop_id, provider=provider)
        row.sender = sender
        row.settings = {**row.settings, "profile": profile, "key_end": keys[place.FIELDS[0].name][-4:]}
        if is_new:
            row.state, row.detail, row.tested_at = "off", _UNTRIED, None
            row.failures = row.rest_until_ms = 0
            kept = {name: value for name, value in row.settings.items() if name not in ("prices", "balance")}
            row.settings = kept
        _note(session, row, "saved", staff_id, now)


def _clean(
    place: Provider, typed: Mapping[str, str], old: Mapping[str, str]
) -> tuple[dict[str, str], str, str]:
    """Return keys, sender and profile as they are kept. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    keys: dict[str, str] = {}
    for field in place.FIELDS:
        value = "".join(typed.get(field.name, "").split())
        keys[field.name] = value or old.get(field.name, "")
        if not field.looks_like.fullmatch(keys[field.name]):
            wrong[field.name] = field.wrong
    sender = callback_number(typed.get("sender", ""))
    if sender is None:
        wrong["sender"] = "발신번호로 등록한 번호를 숫자로 적어 주세요. 예: 02-123-4567"
    profile = "".join(typed.get("profile", "").split()) if place.PROFILE is not None else ""
    if profile and place.PROFILE is not None and not place.PROFILE.looks_like.fullmatch(profile):
        wrong["profile"] = place.PROFILE.wrong
    if wrong:
        raise Invalid(wrong)
    return keys, sender or "", profile


def test(
    *, shop_id: int, staff_id: int, provider: str, phone: str, once: str, wire: Wire, now: datetime
) -> Tried:
    """Send one real text to the owner's own phone, and switch the account on when it is taken.

    Counted before it is sent, at most TRIES_A_DAY; the same `once` again sends nothing. No transaction is open
    while the provider is called. Raises Invalid (field: phone), NoSuchAccount, TriedEnough, DemoShop.
    """
    place = provider_of(provider)
    to = korean_mobile(phone)
    if to is None:
        raise Invalid({"phone": "사장님 휴대폰 번호를 적어 주세요. 예: 010-1234-5678"})
    with write() as session:
        row = _held(session, shop_id=shop_id, provider=provider)
        name = must_not_be_demo(session, shop_id=shop_id, provider=provider, wire=wire)
        tries = dict(row.settings.get("tries") or {})
        if tries.get("once") == once:
            return Tried(row.state == "on", "" if row.state == "on" else row.detail)
        day = kst_day(now).isoformat()
        count = int(tries.get("count", 0)) if tries.get("day") == day else 0
        if count >= TRIES_A_DAY:
            raise TriedEnough
        row.settings = {**row.settings, "tries": {"day": day, "count": count + 1, "once": once}}
        sealed = row.sealed
        account = accounts.any_state(session, shop_id=shop_id, provider=provider)
    if account is None:  # its keys can't be read any more
        return _end(shop_id, provider, staff_id, sealed, Standing(trouble="keys"), None, now)
    standing = place.standing(account, wire)
    outcome = None
    if standing.trouble not in ("keys", "away", "busy"):
        outcome = _send(provider, account, to=to, shop_name=name, wire=wire, now=now)
    return _end(shop_id, provider, staff_id, sealed, standing, outcome, now)


def _send(provider: str, account: Account, *, to: str, shop_name: str, wire: Wire, now: datetime) -> Outcome:
    text = as_carried(f"[{shop_name}] {_SENT}")
    letter = Letter(
        key=new_token(),
        to=to,
        text=text if carrier_bytes(text) <= SMS_BYTES else _SENT,
        at=now,
        account=account,
    )
    return registry.channel(provider).send([letter], wire, None)[0]


def _end(
    shop_id: int,
    provider: str,
    staff_id: int,
    sealed: str,
    standing: Standing,
    outcome: Outcome | None,
    now: datetime,
) -> Tried:
    """Write down what came of a try, unless the keys are others by now."""
    label = provider_of(provider).LABEL
    trouble, sentence = met(label, outcome) if outcome else (standing.trouble, said(label, standing.trouble))
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider)
        if row is None or row.sealed != sealed:
            return Tried(False, "그사이에 키가 바뀌었어요. 다시 시험해 주세요.")
        _keep_standing(row, standing, now)
        if not trouble:
            row.state, row.detail, row.tested_at = "on", "", now
            row.failures = row.rest_until_ms = 0
            _note(session, row, "on", staff_id, now)
            return Tried(True, "")
        # A mistyped number, a line that is down or a lost answer says nothing about the account.
        if trouble in ("keys", "account"):
            row.state, row.detail = ("wrong" if trouble == "keys" else "off"), sentence[:160]
    return Tried(False, sentence)


def read_standing(*, shop_id: int, provider: str, wire: Wire, now: datetime) -> Tried:
    """Ask the provider what the account has left and pays, and keep it. Raises NoSuchAccount, DemoShop."""
    place, account = provider_of(provider), account_of(shop_id=shop_id, provider=provider, wire=wire)
    standing = place.standing(account, wire)
    if standing.trouble:
        return Tried(False, said(place.LABEL, standing.trouble))
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider)
        if row is not None:
            _keep_standing(row, standing, now)
    return Tried(True, "")


def switch(*, shop_id: int, staff_id: int, provider: str, is_on: bool, now: datetime) -> None:
    """Switch an account that was tried on or off. Raises NoSuchAccount, NotTried."""
    with write() as session:
        row = _held(session, shop_id=shop_id, provider=provider)
        if (row.state == "on") == is_on:
            return
        if is_on and (row.tested_at is None or row.state == "wrong"):
            raise NotTried
        row.state, row.detail = ("on", "") if is_on else ("off", "사장님이 꺼 두셨어요.")
        row.failures = row.rest_until_ms = 0
        _note(session, row, row.state, staff_id, now)


def remove(*, shop_id: int, staff_id: int, provider: str, now: datetime) -> None:
    """Forget an account, its keys and its approved texts. Raises NoSuchAccount the second time."""
    with write() as session:
        row = _held(session, shop_id=shop_id, provider=provider)
        session.execute(
            delete(TalkTemplate).where(TalkTemplate.shop_id == shop_id, TalkTemplate.provider == provider)
        )
        session.delete(row)
        _note(session, row, "removed", staff_id, now)


def _row(session: Any, *, shop_id: int, provider: str) -> ChannelAccount | None:
    found: ChannelAccount | None = session.scalar(
        select(ChannelAccount)
        .where(ChannelAccount.shop_id == shop_id, ChannelAccount.provider == provider)
        .with_for_update()
    )
    return found


def _held(session: Any, *, shop_id: int, provider: str) -> ChannelAccount:
    row = _row(session, shop_id=shop_id, provider=provider)
    if row is None:
        raise NoSuchAccount
    return row


def _keys(session: Any, *, shop_id: int, provider: str) -> dict[str, str]:
    """Return the keys that are kept, none when they can't be read any more."""
    account = accounts.any_state(session, shop_id=shop_id, provider=provider)
    return {name: key for name, key in account.keys.items() if name != "hook"} if account else {}


def _keep_standing(row: ChannelAccount, standing: Standing, now: datetime) -> None:
    if standing.balance is None:
        return
    told: dict[str, Any] = {"balance": standing.balance, "balance_at": now.isoformat()}
    if standing.prices is not None:
        told["prices"] = dict(standing.prices)
    row.settings = {**row.settings, **told}


def _note(session: Any, row: ChannelAccount, how: str, staff_id: int, now: datetime) -> None:
    audit.note(
        session,
        shop_id=row.shop_id,
        what="sending_account",
        staff_id=staff_id,
        detail=f"{row.provider}:{how}",
        now=now,
    )
