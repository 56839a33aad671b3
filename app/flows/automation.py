"""The owner's say about a kind of message: its switch, its words, its delay, and whether a notice goes as an ad."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.flows import audit
from app.flows.unit import write
from app.kit.particles import josa
from app.kit.refusals import Invalid, NotHere, Refused
from app.kit.text import LMS_BYTES, carrier_bytes, placeholders, stray_braces
from app.kit.upsert import insert_into
from app.messages import raising, recall, registry
from app.messages.contract import Kind
from app.messages.forms import false_label, own_opt_out, promotion_word
from app.messages.models import Automation
from app.reviews.bought_rules import bought_words

LONGEST_DELAY = 7 * 24 * 60
# What the frame around an ad takes: label, name, contact, opt-out link.
_ROOM_FOR_FRAME = 300


class AskedForByLaw(Refused):
    """The switch or the words of a statutory notice."""

    code = "statutory"
    sentence = "법이 정한 안내라서 끄거나 바꿀 수 없어요."


class CannotBeRaised(Refused):
    """A kind that is an ad by itself, or goes to whom the shop does not know."""

    code = "cannot_be_raised"
    sentence = "이 메시지는 안내와 광고 사이에서 바꿀 수 없어요."


def switch(*, shop_id: int, kind: str, is_on: bool, now: datetime, staff_id: int | None = None) -> None:
    """Switch a kind on or off. Off: what waits is left out when its time comes.

    Raises NotHere for an unknown kind, AskedForByLaw for a statutory one.
    """
    spec = _kind(kind)
    with write() as session:
        row = _row(session, shop_id=shop_id, kind=spec, now=now)
        if row.is_on == is_on:
            return
        row.is_on = is_on
        row.changed_at = now
        detail = f"{spec.key}:{'on' if is_on else 'off'}"
        audit.note(session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=detail, now=now)


def save(
    *,
    shop_id: int,
    kind: str,
    text: str,
    delay_minutes: int | None = None,
    as_ad: bool = False,
    now: datetime,
    staff_id: int | None = None,
) -> None:
    """Save the shop's own words ("" gives the default back) and its delay in minutes.

    `as_ad`: send this notice as an ad from now on, because its words are an ad's; it never ends that. Raises NotHere for an unknown kind, AskedForByLaw for a statutory one, Invalid with a sentence a field.
    """
    spec = _kind(kind)
    words = text.replace("\r\n", "\n").strip()
    wrong = {}
    as_ad = as_ad and raising.may_be_raised(spec)
    if (sentence := text_fault(spec, words, is_raised=as_ad or _is_raised(shop_id, spec))) is not None:
        wrong["text"] = sentence
    if delay_minutes is not None and not 0 <= delay_minutes <= LONGEST_DELAY:
        wrong["delay_minutes"] = "0분에서 7일 사이로 적어 주세요."
    if wrong:
        raise Invalid(wrong)
    with write() as session:
        row = _row(session, shop_id=shop_id, kind=spec, now=now)
        before = _words_and_delay(row, spec)
        row.text = "" if words == spec.text else words
        if delay_minutes is not None and spec.delay_minutes:
            row.delay_minutes = delay_minutes
        row.changed_at = now
        if as_ad and not row.as_ad:
            _raise(session, row, as_ad=True, now=now, staff_id=staff_id)
        after = _words_and_delay(row, spec)
        if after["text"] != before["text"]:
            recall.unstage_kind(
                session, shop_id=shop_id, kind=spec.key
            )  # what lies in hand has the old words
        if changed := [name for name in after if after[name] != before[name]]:
            detail = f"{spec.key}:{'+'.join(changed)}"
            audit.note(session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=detail, now=now)


def send_as_ad(*, shop_id: int, kind: str, as_ad: bool, now: datetime, staff_id: int | None = None) -> None:
    """Send a notice as an ad from now on, or as the notice it is by itself; what waits goes out anew in its form.

    Raises NotHere for an unknown kind, AskedForByLaw for a statutory one, CannotBeRaised for one that is an ad
    by its kind, and Invalid (field: as_ad) for words that no notice may hold.
    """
    spec = _kind(kind)
    if not raising.may_be_raised(spec):
        raise CannotBeRaised
    with write() as session:
        row = _row(session, shop_id=shop_id, kind=spec, now=now)
        if row.as_ad == as_ad:
            return
        if not as_ad and (word := promotion_word(row.text)) is not None:
            raise Invalid(
                {
                    "as_ad": f"글에 홍보하는 말(‘{word}’)이 있어서 광고로만 보낼 수 있어요. 글을 먼저 고쳐 주세요."
                }
            )
        _raise(session, row, as_ad=as_ad, now=now, staff_id=staff_id)


def _raise(session: Any, row: Automation, *, as_ad: bool, now: datetime, staff_id: int | None) -> None:
    row.as_ad, row.changed_at = as_ad, now
    recall.unstage_kind(session, shop_id=row.shop_id, kind=row.kind)
    detail = f"{row.kind}:{'raised' if as_ad else 'lowered'}"
    audit.note(session, shop_id=row.shop_id, what="automation", staff_id=staff_id, detail=detail, now=now)


def _words_and_delay(row: Automation, kind: Kind) -> dict[str, str | int]:
    return {
        "text": row.text,
        "delay": kind.delay_minutes if row.delay_minutes is None else row.delay_minutes,
    }


def _is_raised(shop_id: int, kind: Kind) -> bool:
    return kind.key in raising.raised(db.session, shop_id=shop_id)


def is_an_ads(kind: Kind, words: str) -> bool:
    """Tell whether words that a notice may not hold are fine once it goes as an ad: the way out of text_fault()."""
    return (
        raising.may_be_raised(kind)
        and text_fault(kind, words) is not None
        and text_fault(kind, words, is_raised=True) is None
    )


def text_fault(kind: Kind, words: str, *, is_raised: bool = False) -> str | None:
    """Return what is wrong with the shop's words for a kind, as a sentence, or None.

    `is_raised`: the shop sends this notice as an ad.
    """
    if unknown := placeholders(words) - set(kind.placeholders):
        stranger = josa(f"{{{sorted(unknown)[0]}}}", "이라는/라는")
        return f"{stranger} 칸은 없어요. {_told_apart(kind.placeholders)}만 쓸 수 있어요."
    if stray_braces(words):
        return "{이름}처럼 앞뒤를 모두 닫아 주세요. 글 아래의 단추를 누르면 바로 들어가요."
    if carrier_bytes(words) > LMS_BYTES - _ROOM_FOR_FRAME:
        return "글이 너무 길어요. 850자 안으로 줄여 주세요."
    if false_label(words):
        return "(광고) 표시는 저희가 맨 앞에 붙여 드려요. 글에서는 빼 주세요."
    if own_opt_out(words):
        return "무료수신거부는 저희가 맨 끝에 붙여 드려요. 글에서는 빼 주세요."
    if (sentence := bought_words(words)) is not None:
        return sentence
    sent_as = raising.as_sent(kind, is_raised)
    if not sent_as.is_ad and (word := promotion_word(words)) is not None:
        way_out = "이 글은 광고로 보내야 해요." if raising.may_be_raised(kind) else "그 말을 빼 주세요."
        return f"안내 글에는 홍보하는 말(‘{word}’)을 쓸 수 없어요. {way_out}"
    return None


def _told_apart(names: Iterable[str]) -> str:
    """Return "{이름}, {도장}과 {지금}"."""
    *most, last = [f"{{{name}}}" for name in names]
    return f"{', '.join([*most[:-1], josa(most[-1], '과/와')])} {last}" if most else last


def _kind(key: str) -> Kind:
    kind = registry.kinds().get(key)
    if kind is None or kind.to_one:
        raise NotHere("그런 메시지는 없어요.")
    if kind.statutory:
        raise AskedForByLaw
    return kind


def _row(session: Any, *, shop_id: int, kind: Kind, now: datetime) -> Automation:
    # Two first taps at once: the key lets one row in, and both go on with it.
    session.execute(
        insert_into(session, Automation)
        .values(shop_id=shop_id, kind=kind.key, is_on=kind.default_on, text="", changed_at=now)
        .on_conflict_do_nothing()
    )
    mine = select(Automation).where(Automation.shop_id == shop_id, Automation.kind == kind.key)
    row: Automation = session.scalars(mine.with_for_update()).one()
    return row


def own_row(session: Any, *, shop_id: int, kind: str, now: datetime) -> Automation:
    """Return what a shop changed about a kind, held until the flow ends; made where there is nothing yet.

    Raises NotHere for an unknown kind, AskedForByLaw for a statutory one.
    """
    return _row(session, shop_id=shop_id, kind=_kind(kind), now=now)
