"""What a shop does about voices beside answering: causes, answers at hand, hand-overs, endings, what was heard elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.customers import actions as people
from app.flows import audit, notify
from app.flows.unit import after_a_race, write
from app.flows.voice import GONE, heard, key_of
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Invalid, NotHere, Refused
from app.reviews.actions import reviews
from app.reviews.rules import MOODS
from app.shops import actions as shops
from app.voices import actions as voices
from app.voices import care_rules, caring, causing, rules
from app.voices.rules import COMPLAINT

# What was said on an earlier day is written down as of its noon: nobody remembers the minute.
_NOON = timedelta(hours=12)


NO_CAUSE = "찾으시는 원인이 없어요. 목록에서 다시 골라 주세요."


class NameTaken(Refused):
    """Another cause of the shop is called so: they can become one, if the owner says so."""

    code = "cause_taken"
    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(f"‘{name}’ 원인이 이미 있어요. 다른 이름을 적거나, 아래에서 하나로 합쳐 주세요.")


class BeingTold(Refused):
    """Whom it is told to must not change under way."""

    code = "being_told"
    sentence = "고쳤다고 알리는 중이에요. 다 전한 뒤에 합쳐 주세요."


class OwnersAlone(Refused):
    """A complaint stays with the owner."""

    code = "owners_alone"
    sentence = "불편 말씀은 사장님만 볼 수 있어서 맡길 수 없어요."


def mark(
    *,
    shop_id: int,
    staff_id: int,
    role: str,
    voice_id: int,
    causes: Iterable[str],
    new_cause: str,
    now: datetime,
) -> None:
    """Say why somebody spoke: the causes that are ticked, and a new one. Raises Invalid (causes), NotHere."""
    names = care_rules.clean_causes(causes, new_cause)
    with write() as session:
        voice = heard(session, shop_id=shop_id, voice_id=voice_id, staff_id=staff_id, role=role)
        # What it carries already stays as it is, also a cause that is chosen from no more.
        carried = causing.carried(session, voice=voice)
        new = [name for name in names if name not in carried]
        living = causing.living(session, shop_id=shop_id)
        care_rules.may_add_causes(new, living=living, field="causes")
        ids = causing.cause_ids(session, shop_id=shop_id, names=new, now=now)
        kept = [carried[name] for name in names if name in carried]
        causing.mark(session, voice=voice, causes=[*kept, *ids], now=now)


def end_cause(*, shop_id: int, name: str, now: datetime) -> None:
    """Offer a cause no more, also one that every shop begins with; what carries it keeps it. Raises Invalid."""
    name = care_rules.clean_name(name, field="name")
    with write() as session:
        causing.end_cause(session, shop_id=shop_id, name=name, now=now)


def add_cause(*, shop_id: int, name: str, now: datetime) -> None:
    """Offer a cause, one that was let go of among them. Raises Invalid (name)."""
    name = care_rules.clean_name(name, field="name")
    with write() as session:
        living = causing.living(session, shop_id=shop_id)
        care_rules.may_add_causes([name], living=living, field="name")
        causing.cause_ids(session, shop_id=shop_id, names=[name], now=now)


def rename_cause(*, shop_id: int, cause_id: int, name: str, joins: bool, now: datetime) -> int:
    """Call a cause by another name; returns the cause that stands. The second press finds it done and is content.

    Where the shop has one of that name the two become one if it `joins`: what carried either carries that one. Raises
    Invalid (name), NameTaken, BeingTold while "고쳤어요" of one of them is on its way, NotHere.
    """
    word = care_rules.clean_name(name, field="name")

    def renamed() -> int:
        with write() as session:
            # Held: of two at once the second one finds it called so, and never takes it for another of that name.
            cause = causing.cause(session, shop_id=shop_id, cause_id=cause_id, lock=True)
            if cause is None:
                raise NotHere(NO_CAUSE)
            if cause.name == word:
                return cause.id
            other = causing.cause_called(session, shop_id=shop_id, name=word)
            if other is None and word not in care_rules.STARTING_CAUSES:
                causing.call(session, cause=cause, name=word, now=now)
                return cause.id
            if not joins:
                raise NameTaken(word)
            if other is None:
                causing.cause_ids(session, shop_id=shop_id, names=[word], now=now)
                other = causing.cause_called(session, shop_id=shop_id, name=word)
            if other is None:
                raise NotHere(NO_CAUSE)
            if causing.is_being_told(session, shop_id=shop_id, cause_ids=[cause.id, other.id]):
                raise BeingTold
            causing.join(session, gone=cause, kept=other, now=now)
            return other.id

    return after_a_race(renamed)


def set_hours(*, shop_id: int, staff_id: int, hours: int | None, now: datetime) -> None:
    """Decide within how many hours a complaint is answered; what is waited for now keeps its time. Raises Invalid (hours)."""
    chosen = rules.clean_hours(hours)
    with write() as session:
        before = int(voices.answer_within(session, shop_id=shop_id).total_seconds()) // 3600
        if chosen == before:
            return
        caring.set_hours(session, shop_id=shop_id, hours=chosen, now=now)
        audit.note(
            session, shop_id=shop_id, what="voice_hours", staff_id=staff_id, detail=str(chosen), now=now
        )


def put_ready(*, shop_id: int, name: str, text: str, now: datetime) -> None:
    """Have an answer at hand, or change the one of this name. Raises Invalid (name, text)."""
    name, text = care_rules.clean_ready(name=name, text=text)
    with write() as session:
        if caring.ready_count(session, shop_id=shop_id, but=name) >= care_rules.MOST_READY:
            raise Invalid({"name": "서른 개까지 적어 둘 수 있어요. 쓰지 않는 답을 지워 주세요."})
        caring.put_ready(session, shop_id=shop_id, name=name, text=text, now=now)


def drop_ready(*, shop_id: int, answer_id: int) -> None:
    """Throw an answer away; the second tap finds it gone and is content."""
    with write() as session:
        caring.drop_ready(session, shop_id=shop_id, answer_id=answer_id)


def hand_over(
    *, shop_id: int, staff_id: int, role: str, voice_id: int, to_staff: int | None, now: datetime
) -> None:
    """Let somebody else of the shop answer: who has it in hand sees it, also as staff. Twice is once.

    Raises OwnersAlone for a complaint, Invalid (to_staff) for nobody who works here, NotHere.
    """
    with write() as session:
        voice = heard(session, shop_id=shop_id, voice_id=voice_id, staff_id=staff_id, role=role)
        if voice.kind == COMPLAINT:
            raise OwnersAlone
        person = shops.staff(session, shop_id=shop_id, staff_id=to_staff or 0)
        if person is None or person.ended_at is not None:
            raise Invalid({"to_staff": "맡길 분을 골라 주세요."})
        if caring.handed_to(session, shop_id=shop_id, voice_id=voice_id) != person.id:
            made = caring.hand_over(session, voice=voice, to_staff=person.id, by_staff=staff_id, now=now)
            notify.handed(session, voice=voice, handover_id=made.id, by=staff_id, now=now)


def close(
    *, shop_id: int, staff_id: int, role: str, voice_id: int, note: str, now: datetime, how: str = ""
) -> None:
    """해결했어요, with a note for the shop alone: settled until somebody says more. Twice is once.

    `how`: of one that nobody answered in the thread, a key of care_rules.ENDINGS; what was said aloud counts as
    answered now. Where there is nobody to answer any more it is not asked. Raises Invalid (how, note), NotHere.
    """
    with write() as session:
        voice = heard(session, shop_id=shop_id, voice_id=voice_id, staff_id=staff_id, role=role)
        if voice.closed_at is None:
            nobody_waits = voice.answered_at is not None or rules.is_left(voice.customer_id, voice.source)
            words, is_spoken = care_rules.clean_ending(note=note, how=how, is_answered=nobody_waits)
            voices.close(session, voice=voice, staff_id=staff_id, note=words, is_spoken=is_spoken, now=now)


def reopen(*, shop_id: int, staff_id: int, role: str, voice_id: int, now: datetime) -> None:
    """다시 열기: the matter is among the open ones again, as before it was closed. Twice is once.

    Raises NotHere, TooLateToReopen.
    """
    with write() as session:
        voice = heard(session, shop_id=shop_id, voice_id=voice_id, staff_id=staff_id, role=role)
        rules.may_reopen(voice.closed_at, now)
        if (at := voice.closed_at) is not None:
            by_shop, within = voice.closed_by is not None, voices.answer_within(session, shop_id=shop_id)
            voices.reopen(session, voice=voice, waits=False, now=now)
            caring.take_back_closing(session, voice=voice, at=at, by_shop=by_shop, within=within)


def write_down(
    *,
    shop_id: int,
    staff_id: int,
    customer_id: int | None,
    kind: str,
    text: str,
    source: str,
    said_on: str,
    once: str,
    now: datetime,
) -> int:
    """들은 말 적기: what was said at the counter, in a marketplace or on SNS, under the same clock; returns its number.

    `said_on`: a Korean day as an input of a date gives it, "" = today. Without a customer there is nobody to answer.
    The same key gives the same voice. Raises Invalid (kind, text, source, said_on), NotHere for another shop's person.
    """
    today = kst_day(now)
    about, words, day = care_rules.clean_heard(
        kind=kind, text=text, source=source, said_on=said_on, today=today
    )
    key = key_of("heard", staff_id, once)

    def written() -> int:
        with write() as session:
            if (before := voices.line_by_once(session, shop_id=shop_id, once=key)) is not None:
                return before.voice_id
            if customer_id is not None and not people.customer(
                session, shop_id=shop_id, customer_id=customer_id, lock=True
            ):
                raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
            voice = voices.open_voice(
                session,
                shop_id=shop_id,
                customer_id=customer_id,
                kind=about,
                source=source,
                heard_by=staff_id,
                said_at=None if day == today else start_of_day(day) + _NOON,
                now=now,
            )
            voices.add_line(session, voice=voice, text=words, once=key, now=now)
            notify.voice_came(session, voice=voice, but=staff_id, now=now)
            return voice.id

    return after_a_race(written)


def open_from_review(
    *, shop_id: int, role: str, review_id: int, now: datetime, staff_id: int | None = None
) -> int:
    """Begin a thread with who left a review, with what they wrote as its first words; returns its number.

    The review stays as and where it is. One that opened a voice by itself gives that one. Raises NotHere, also for
    one who left, and for a role that may not hear it.
    """

    def opened() -> int:
        with write() as session:
            review = reviews.review_by_id(session, shop_id=shop_id, review_id=review_id)
            person = (
                people.customer(session, shop_id=shop_id, customer_id=review.customer_id, lock=True)
                if review
                else None
            )
            if review is None or person is None:
                raise NotHere("찾으시는 후기가 없어요. 후기 목록에서 다시 골라 주세요.")
            kind = rules.kind_after_review(mood=review.mood, stars=review.stars)
            if not rules.may_hear(kind, role):
                raise NotHere(GONE)
            before = voices.voice_of_review(session, shop_id=shop_id, review_id=review_id)
            if before is not None:
                return before.id
            voice = voices.open_voice(
                session,
                shop_id=shop_id,
                customer_id=review.customer_id,
                kind=kind,
                review_id=review_id,
                now=now,
            )
            mood = f" · {MOODS[review.mood]}" if review.mood else ""
            said = review.text or f"별점 {review.stars}점{mood}"
            voices.add_line(session, voice=voice, text=said, once=f"review:{review_id}", now=now)
            notify.voice_came(session, voice=voice, but=staff_id, now=now)
            return voice.id

    return after_a_race(opened)
