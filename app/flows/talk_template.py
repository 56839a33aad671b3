"""알림톡 글: laid before Kakao's inspectors, and what they said. Nothing goes out before they approved it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.flows import audit
from app.flows.channel_account import NoSuchAccount, Tried, account_of, provider_of
from app.flows.unit import after_a_race, end_reading, write
from app.kit.clock import KST
from app.kit.refusals import Invalid, NotHere, Refused
from app.messages import talk, talk_templates
from app.messages.account_words import said
from app.messages.contract import Kind, Wire
from app.messages.provider_contract import Inspection
from app.messages.way_models import TalkTemplate
from app.shops.models import Shop

# What Kakao's categories are called that a notice about stamps and coupons belongs to, the best first.
_ABOUT = ("포인트", "쿠폰", "이용안내", "기타")
# A call that asks for approval takes no longer: whoever was asking then is gone.
_ASKING = timedelta(minutes=1)
_SETTLED = ("asked", "approved")


class NoProfile(Refused):
    """The account has no Kakao profile."""

    code = "no_profile"
    status = 422
    sentence = "카카오톡 채널 아이디(pfId)를 먼저 적어 주세요."


class NoAddress(Refused):
    """A text with a button, and no address that opens on a customer's phone."""

    code = "no_public_url"
    status = 422
    sentence = "손님 휴대폰에서 열릴 인터넷 주소(PUBLIC_URL)가 아직 없어서 단추를 달 수 없어요."


def ask(*, shop_id: int, staff_id: int, provider: str, kind: str, wire: Wire, now: datetime) -> Tried:
    """Lay the text of a kind before Kakao's inspectors, once however often it is pressed.

    Raises NotHere for a kind that can't go by AlimTalk, NoSuchAccount, NoProfile, NoAddress.
    """
    place, account = provider_of(provider), account_of(shop_id=shop_id, provider=provider, wire=wire)
    if not account.settings.get("profile"):
        raise NoProfile
    spec = _kind(provider, kind)
    shop = db.session.execute(select(Shop.name, Shop.phone).where(Shop.id == shop_id)).one()
    draft = talk.draft(spec, shop_name=shop.name, contact=shop.phone, base_url=wire.public_url or "")
    if draft.link and wire.public_url is None:
        raise NoAddress
    code = after_a_race(partial(_begin, shop_id, provider, kind, draft.text, now))
    if code is None:
        return Tried(True, "")
    if code:
        news = place.inspect(account, code=code, wire=wire)
    else:
        name = f"{draft.name} {now.astimezone(KST):%m%d%H%M%S}"  # two texts of one name are refused
        news = place.ask_approval(
            account, name=name, text=draft.text, button=draft.button, link=draft.link, about=_ABOUT, wire=wire
        )
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider, kind=kind)
        if row is None:  # the account was removed meanwhile
            raise NoSuchAccount
        row.code = news.code or code
        row.state = news.state or "written"
        row.detail, row.changed_at = _words(place.LABEL, news), now
        if row.state in _SETTLED:
            audit.note(session, shop_id=shop_id, what="talk_asked", staff_id=staff_id, detail=kind, now=now)
        return Tried(row.state in _SETTLED, row.detail)


def _begin(shop_id: int, provider: str, kind: str, text: str, now: datetime) -> str | None:
    """Note that a text is asked about; None when it was before, else the code under which it lies there already."""
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider, kind=kind)
        if row is None:
            row = TalkTemplate(shop_id=shop_id, provider=provider, kind=kind, text=text, changed_at=now)
            session.add(row)
        elif row.text == text and (
            row.state == "approved" or (row.state == "asked" and (row.code or now - row.changed_at < _ASKING))
        ):
            return None
        # What lies there unchanged and unasked only needs the inspectors; other words are a new text.
        code = row.code if row.state == "written" and row.text == text else ""
        row.text, row.code, row.state, row.detail, row.changed_at = text, code, "asked", "", now
        return code


def check(*, shop_id: int, provider: str, wire: Wire, now: datetime) -> Tried:
    """Ask what the inspectors said of every text that waits. Raises NoSuchAccount."""
    place, account = provider_of(provider), account_of(shop_id=shop_id, provider=provider, wire=wire)
    waiting = db.session.execute(
        select(TalkTemplate.kind, TalkTemplate.code).where(
            TalkTemplate.shop_id == shop_id,
            TalkTemplate.provider == provider,
            TalkTemplate.code != "",
            TalkTemplate.state != "stopped",
        )
    ).all()
    end_reading()
    for kind, code in waiting:
        news = place.approval(account, code=code, wire=wire)
        if news.trouble in ("keys", "away", "busy"):
            return Tried(False, said(place.LABEL, news.trouble))
        _keep(shop_id, provider, kind, code, news, now)
    return Tried(True, "")


def note_code(*, shop_id: int, provider: str, kind: str, code: str, wire: Wire, now: datetime) -> Tried:
    """Take in a text that the owner registered at the provider themselves: its words there are what counts.

    Raises Invalid (field: code), NotHere, NoSuchAccount.
    """
    place, account = provider_of(provider), account_of(shop_id=shop_id, provider=provider, wire=wire)
    _kind(provider, kind)
    code = "".join(code.split())
    if not code or len(code) > 64 or not code.isascii():
        raise Invalid({"code": "템플릿 아이디를 그대로 복사해서 붙여 주세요."})
    news = place.approval(account, code=code, wire=wire)
    if news.trouble or not news.text:
        trouble = news.trouble if news.trouble in ("keys", "away", "busy") else ""
        sentence = (
            said(place.LABEL, trouble) if trouble else "그런 템플릿이 없다고 해요. 아이디를 확인해 주세요."
        )
        raise Invalid({"code": sentence})
    return after_a_race(partial(_note, shop_id, provider, kind, code, news, now))


def _note(shop_id: int, provider: str, kind: str, code: str, news: Inspection, now: datetime) -> Tried:
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider, kind=kind)
        if row is None:
            row = TalkTemplate(shop_id=shop_id, provider=provider, kind=kind, text=news.text, changed_at=now)
            session.add(row)
        row.text, row.code, row.state = news.text, code, news.state or "written"
        row.detail, row.changed_at = news.words[:160], now
        return Tried(row.state == "approved", row.detail)


def _keep(shop_id: int, provider: str, kind: str, code: str, news: Inspection, now: datetime) -> None:
    with write() as session:
        row = _row(session, shop_id=shop_id, provider=provider, kind=kind)
        if row is None or row.code != code or not news.state:
            return
        # Only what lies there may travel: whoever changed it at the provider changed it here too.
        text = news.text or row.text
        if (row.state, row.detail, row.text) != (news.state, news.words[:160], text):
            row.state, row.detail, row.text, row.changed_at = news.state, news.words[:160], text, now


def _words(label: str, news: Inspection) -> str:
    if news.words:
        return news.words[:160]
    return said(label, news.trouble)[:160] if news.trouble else ""


def _kind(provider: str, key: str) -> Kind:
    found = next((kind for kind in talk_templates.kinds_of(provider) if kind.key == key), None)
    if found is None:
        raise NotHere("알림톡으로 보낼 수 있는 글이 아니에요.")
    return found


def _row(session: Any, *, shop_id: int, provider: str, kind: str) -> TalkTemplate | None:
    found: TalkTemplate | None = session.scalar(
        select(TalkTemplate)
        .where(TalkTemplate.shop_id == shop_id, TalkTemplate.provider == provider, TalkTemplate.kind == kind)
        .with_for_update()
    )
    return found
