"""The question every second year whether a consent to ads still holds (망법 50조⑧), and what an answer does.

Who says nothing keeps it, or loses it, as the shop decided and the notice said (MessageSettings.silence_keeps).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.cards.actions import ledger
from app.customers import actions as people
from app.customers import merges, reaching, renewals
from app.customers.actions import Trace
from app.customers.models import Customer
from app.customers.renewals import Given
from app.customers.rules import AD_KINDS, ADS_EMAIL
from app.extensions import db
from app.flows import audit
from app.flows.join import tell_result
from app.flows.unit import write
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import NotHere
from app.kit.upsert import insert_into
from app.messages import outbox, recall
from app.messages.models import Message
from app.messages.way_models import MessageSettings

# Who is told late, because the clock stood, has so long to answer.
_AT_LEAST = timedelta(days=14)
_BATCH = 200


def see_to(*, shop_id: int, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Tell whose consent is about to be two, four … years old, and end those whose day passed without an answer
    where that is what silence means. Returns how many were told or ended.

    Looks at every consent that stands, so that a clock that stood catches up; one notice a consent and year.
    """
    done = 0
    given = renewals.standing_since_long(db.session, shop_id=shop_id, now=now)
    due = [(each, day) for each in given if (day := renewals.renewal_day(each.on, kst_day(now))) is not None]
    for at in range(0, len(due), _BATCH):
        some = due[at : at + _BATCH]
        told = _told(shop_id, [each.cause(day) for each, day in some])
        for each, day in some:
            if stop():
                return done
            notice = told.get(each.cause(day))
            if notice is None:
                done += _tell(shop_id, each, day, now)
            elif not notice["keeps"] and now >= _ends(day, notice["told_at"]):
                done += _end(shop_id, each, now)
    return done


def _told(shop_id: int, causes: list[str]) -> dict[str, dict[str, Any]]:
    rows = db.session.execute(
        select(Message.cause, Message.facts, Message.created_at).where(
            Message.shop_id == shop_id, Message.cause.in_(causes), Message.kind == "reconsent"
        )
    )
    return {row.cause: {"keeps": row.facts.get("keeps", True), "told_at": row.created_at} for row in rows}


def _ends(day: date, told_at: datetime) -> datetime:
    return max(start_of_day(day), told_at + _AT_LEAST)


def _tell(shop_id: int, given: Given, day: date, now: datetime) -> int:
    with write() as session:
        person = _person(session, shop_id=shop_id, customer_id=given.customer_id)
        if person is None:
            return 0
        standing = people.standing(session, person=person)
        kinds = [kind for kind in given.kinds if standing[kind]]
        if not kinds:
            return 0
        keeps = session.scalar(
            select(MessageSettings.silence_keeps).where(MessageSettings.shop_id == shop_id)
        )
        ends = _ends(day, now)
        token = reaching.opt_out_link(
            session,
            shop_id=shop_id,
            customer_id=person.id,
            address_key=person.phone_key,
            email_key=person.email_key if person.email_checked_at else "",
            now=now,
        )
        planned = outbox.plan(
            session,
            shop_id=shop_id,
            customer_id=person.id,
            kind="reconsent",
            cause=given.cause(day),
            due_at=now,
            not_after=ends,
            facts={
                "kinds": kinds,
                "consented": given.on.isoformat(),
                "keeps": keeps is not False,
                "answer_by": kst_day(ends).isoformat(),
                "token": token,
            },
            now=now,
        )
        return int(planned is not None)


def _end(shop_id: int, given: Given, now: datetime) -> int:
    """The day passed and nobody answered: the consents end, and that is told as any withdrawal is."""
    with write() as session:
        person = _person(session, shop_id=shop_id, customer_id=given.customer_id)
        if person is None:
            return 0
        standing = people.standing(session, person=person)
        # Night ads stand on ads: they end together, whenever they were given.
        ending = {*given.kinds, *(("ads_night",) if "ads" in given.kinds else ())}
        gone = [kind for kind in AD_KINDS if kind in ending and standing[kind]]
        for kind in gone:
            row = people.record_consent(
                session,
                person=person,
                kind=kind,
                action="withdraw",
                phone_key=person.email_key if kind == ADS_EMAIL else person.phone_key,
                trace=Trace(source="silence", ip="", user_agent=""),
                now=now,
            )
            tell_result(
                session, person=person, consent_id=row.id, kind=kind, granted=False, now=now, silent=True
            )
        recall.cancel_unconsented(session, shop_id=shop_id, customer_id=person.id, now=now)
        return int(bool(gone))


def keep(*, token: str, ip: str, user_agent: str, now: datetime) -> bool:
    """The person says that the ads they agreed to may go on coming: a new line of evidence, and its result told.

    By the link of the notice, without login. The second tap changes nothing. Returns whether a consent to ads
    stands: what was taken back meanwhile is not given again by this. Raises NotHere for a token we
    never made or whose person left.
    """
    with write() as session:
        link = people.opt_out_by_token(session, token=token)
        if link is None:
            raise NotHere("주소가 맞지 않아요. 받으신 안내의 링크를 다시 눌러 주세요.")
        whose = merges.now_is(shop_id=link.shop_id, customer_id=link.customer_id)
        person = _person(session, shop_id=link.shop_id, customer_id=whose)
        if person is None:
            raise NotHere("이 카드는 지워졌어요. 광고는 가지 않아요.")
        standing = people.standing(session, person=person)
        for kind in AD_KINDS:
            # What was agreed to within the last year needs no second yes: neither does a second tap.
            if not standing[kind] or people.last_consent(
                session, person=person, kind=kind
            ).at > now - timedelta(days=365):
                continue
            row = people.record_consent(
                session,
                person=person,
                kind=kind,
                action="grant",
                phone_key=person.email_key if kind == ADS_EMAIL else person.phone_key,
                trace=Trace(source="reconsent", ip=ip, user_agent=user_agent),
                now=now,
            )
            tell_result(session, person=person, consent_id=row.id, kind=kind, granted=True, now=now)
        return any(standing[kind] for kind in AD_KINDS)


def choose_silence(*, shop_id: int, keeps: bool, staff_id: int | None, now: datetime) -> None:
    """Decide what silence means for those who are asked from now on; what a notice promised stays so."""
    with write() as session:
        session.execute(
            insert_into(session, MessageSettings)
            .values(shop_id=shop_id, changed_at=now)
            .on_conflict_do_nothing()
        )
        mine = select(MessageSettings).where(MessageSettings.shop_id == shop_id).with_for_update()
        row = session.scalars(mine).one()
        if row.silence_keeps == keeps:
            return
        row.silence_keeps, row.changed_at = keeps, now
        detail = "keeps" if keeps else "ends"
        audit.note(session, shop_id=shop_id, what="silence", staff_id=staff_id, detail=detail, now=now)


def _person(session: Any, *, shop_id: int, customer_id: int) -> Customer | None:
    ledger.hold_card(session, shop_id=shop_id, customer_id=customer_id)
    return people.customer(session, shop_id=shop_id, customer_id=customer_id, lock=True)
