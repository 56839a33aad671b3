"""가게 소식: written, shown, taken down, and opened by people. Nothing is sent: it lies on the card and the shop page.

Whoever wants it to reach people begins a 단체 문자 with it, and that flow's own steps and gate decide.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.board import notice_rules as rules
from app.board import notices, noticing
from app.board.notice_models import Notice
from app.board.notice_rules import NoSuchNotice, StillShown, TakenDown, TooManyFirst, Words
from app.flows import audit, own_picture, photo, tell_of
from app.flows.unit import after_a_race, write
from app.insights import groups, shown_notices
from app.kit.refusals import Invalid
from app.shops import actions as shops

EVERYBODY = tell_of.EVERYBODY  # is no group here


def begin(
    *,
    shop_id: int,
    staff_id: int,
    once: str,
    sort: str,
    title: str,
    text: str,
    product_id: int | None,
    group: str,
    is_first: bool,
    now: datetime,
) -> int:
    """Write a piece of news down as a draft; the same `once` writes one. Returns its id.

    `group`: who will see it, "" or "all" for everybody. Raises Invalid with a sentence a field, TooManyFirst.
    """
    words, who = _checked(shop_id, sort, title, text, product_id, group)

    def flow() -> int:
        with write() as session:
            if is_first:  # the shop is held before anything of it is written: two at once wait in one order
                noticing.hold_first(session, shop_id=shop_id)
            row = noticing.by_once(session, shop_id=shop_id, once=once)
            if row is None:
                row = noticing.add(session, shop_id=shop_id, staff_id=staff_id, once=once, now=now)
                noticing.word(session, row=row, words=words, group=who)
                _place(session, row, is_first)
            return row.id

    return after_a_race(flow)


def word(
    *,
    shop_id: int,
    notice_id: int,
    sort: str,
    title: str,
    text: str,
    product_id: int | None,
    group: str,
    is_first: bool,
) -> None:
    """Let a piece of news say something else, also one that is shown. Raises Invalid, NoSuchNotice, TakenDown,
    TooManyFirst."""
    words, who = _checked(shop_id, sort, title, text, product_id, group)
    with write() as session:
        row = noticing.hold(session, shop_id=shop_id, notice_id=notice_id)
        if row.ended_at is not None:
            raise TakenDown
        noticing.word(session, row=row, words=words, group=who)
        _place(session, row, is_first)


def _checked(
    shop_id: int, sort: str, title: str, text: str, product_id: int | None, group: str
) -> tuple[Words, str]:
    """Return the words and whom they are for. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    words = None
    try:
        words = rules.clean_words(sort=sort, title=title, text=text, product_id=product_id)
    except Invalid as refusal:
        wrong = refusal.fields
    who = "" if group == EVERYBODY else group
    if who and who not in groups.names(shop_id):
        wrong["people"] = "누구에게 보일지 골라 주세요."
    if wrong or words is None:
        raise Invalid(wrong)
    return words, who


def _place(session: Any, row: Notice, is_first: bool) -> None:
    """Put it on top, or back in line. Raises TooManyFirst."""
    if is_first and not row.is_first:
        others = set(noticing.hold_first(session, shop_id=row.shop_id)) - {row.id}
        if len(others) >= rules.FIRST_MOST:
            raise TooManyFirst
    row.is_first = is_first


def pictured(*, shop_id: int, notice_id: int) -> own_picture.Row:
    """Return the row of a piece of news, for its picture: it raises NoSuchNotice, TakenDown."""

    def living(session: Any) -> Notice:
        row = noticing.hold(session, shop_id=shop_id, notice_id=notice_id)
        if row.ended_at is not None:
            raise TakenDown
        return row

    return living


def show(*, shop_id: int, notice_id: int, staff_id: int, now: datetime) -> bool:
    """Show a draft, or once more what was taken down; False when it is shown already. Raises NoSuchNotice,
    TooManyFirst."""
    with write() as session:
        row = noticing.hold(session, shop_id=shop_id, notice_id=notice_id)
        if row.shown_at is not None and row.ended_at is None:
            return False
        if row.ended_at is not None:  # others may stand on top by now
            row.is_first = False
        row.shown_at, row.ended_at = row.shown_at or now, None
        _note(session, row, "notice_shown", staff_id, now)
        return True


def end(*, shop_id: int, notice_id: int, staff_id: int, now: datetime) -> bool:
    """Take it down: nobody sees it from now on; False when nobody did. Raises NoSuchNotice."""
    with write() as session:
        row = noticing.hold(session, shop_id=shop_id, notice_id=notice_id)
        if row.shown_at is None or row.ended_at is not None:
            return False
        row.ended_at = now
        _note(session, row, "notice_ended", staff_id, now)
        return True


def _note(session: Any, row: Notice, what: str, staff_id: int, now: datetime) -> None:
    session.flush()
    # Held before it is asked: of two at once the second one sees what the first one showed or took down.
    shops.hold(session, shop_id=row.shop_id)
    is_any = noticing.is_any_shown(session, shop_id=row.shop_id)
    shops.set_use(session, shop_id=row.shop_id, what=rules.USE, is_on=is_any)
    audit.note(
        session, shop_id=row.shop_id, what=what, staff_id=staff_id, subject=f"notice:{row.id}", now=now
    )


def drop(*, shop_id: int, notice_id: int) -> None:
    """Throw a draft away with its picture; the second tap finds it gone and is content. Raises StillShown."""
    with write() as session:
        try:
            row = noticing.hold(session, shop_id=shop_id, notice_id=notice_id)
        except NoSuchNotice:
            return
        if row.shown_at is not None:
            raise StillShown
        before = row.photo
        noticing.drop(session, row=row)
    photo.drop_files(shop_id=shop_id, refs=[before] if before else [])


def note_read(*, shop_id: int, customer_id: int, notice_id: int, now: datetime) -> bool:
    """Note that a person opened it, once; False when they had before. Raises NoSuchNotice for what they may not see."""
    line = shown_notices.one_for_person(
        shop_id=shop_id, customer_id=customer_id, notice_id=notice_id, now=now
    )
    if line is None:
        raise NoSuchNotice
    with write() as session:
        return noticing.note_read(
            session, shop_id=shop_id, notice_id=notice_id, customer_id=customer_id, now=now
        )


def tell(*, shop_id: int, notice_id: int, staff_id: int, now: datetime) -> int:
    """Begin a 단체 문자 with it, for the same people, and return that one's id; a second tap finds the same one.

    Only a draft: whom it reaches, whether it is an ad and when it goes is decided there, and never here.
    Raises NoSuchNotice, and TakenDown for what is not shown.
    """
    line = notices.notice(shop_id, notice_id)
    if line is None:
        raise NoSuchNotice
    if line.state != "shown":
        raise TakenDown("손님께 보이는 소식만 알릴 수 있어요. 먼저 소식을 보여 주세요.")
    return tell_of.begin(
        shop_id=shop_id,
        staff_id=staff_id,
        group=line.group,
        once=f"notice-{notice_id}-{line.shown_at:%y%m%d%H%M%S}",
        text=rules.letter(title=line.title, text=line.text),
        picture=line.photo,
        now=now,
    )
