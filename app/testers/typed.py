"""Pure: what an owner typed about a programme and its questions, and what a person answered, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.kit.refusals import Invalid
from app.testers.rules import (
    ABOUT_MAX,
    ANSWER_MAX,
    BENEFIT_MAX,
    CHOICE,
    FORMS_OF,
    MANY,
    MONITOR,
    MOST_PLACES,
    MOST_TRY_DAYS,
    MOST_VISITS,
    MOST_WON,
    NOTE_MAX,
    OPTION_MAX,
    OPTIONS_LEAST,
    OPTIONS_MOST,
    PHOTO,
    PRODUCT_MAX,
    QUESTION_MAX,
    SCALE,
    SCALE_WORDS,
    SORTS,
    TASTING,
    TEXT,
    TRIAL,
    Answer,
    Facts,
    Question,
    asks_for_praise,
    words,
)


def clean_facts(typed: Mapping[str, str], *, today: date) -> Facts:
    """Return what an owner typed about a programme. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    sort = typed.get("sort", "")
    if sort not in SORTS:
        raise Invalid({"sort": "어떻게 들을지 골라 주세요."})
    product = " ".join(typed.get("product", "").split())
    if not product:
        wrong["product"] = "무엇을 써 보시는지 적어 주세요. 예: 새로 만든 쑥 비누"
    elif len(product) > PRODUCT_MAX:
        wrong["product"] = f"이름을 {PRODUCT_MAX}자 안으로 줄여 주세요."
    elif sentence := asks_for_praise(product):
        wrong["product"] = sentence
    about = words(typed.get("about", ""), "about", ABOUT_MAX, wrong)
    if sort == TASTING:
        if wrong:
            raise Invalid(wrong)
        return Facts(sort, product, about)
    note = words(typed.get("note", ""), "note", NOTE_MAX, wrong)
    benefit = words(typed.get("benefit", ""), "benefit", BENEFIT_MAX, wrong) if sort == MONITOR else ""
    places = _number(
        typed, "places", 1, MOST_PLACES, f"몇 분을 모실지 1에서 {MOST_PLACES} 사이로 적어 주세요.", wrong
    )
    price = 0
    if sort == TRIAL:
        price = _number(
            typed,
            "price",
            0,
            MOST_WON,
            f"체험 값을 {MOST_WON:,}원 안으로 적어 주세요. 무료면 비워 두세요.",
            wrong,
        )
    visits = _number(
        typed, "least_visits", 0, MOST_VISITS, f"몇 번인지 {MOST_VISITS} 안으로 적어 주세요.", wrong
    )
    try_days = 3
    if sort == TRIAL:
        try_days = _number(
            typed, "try_days", 0, MOST_TRY_DAYS, f"며칠인지 {MOST_TRY_DAYS} 안으로 적어 주세요.", wrong
        )
    days = _days(typed, sort, today, wrong)
    coupon = typed.get("coupon", "")
    people = typed.get("people", "")
    if wrong:
        raise Invalid({name: wrong[name] for name in _ORDER if name in wrong})
    return Facts(
        sort=sort,
        product=product,
        about=about,
        people=people,
        places=places,
        price=price,
        benefit=benefit,
        coupon_kind_id=int(coupon) if coupon.isascii() and coupon.isdigit() and len(coupon) < 10 else None,
        least_visits=visits,
        note=note,
        try_days=try_days,
        invites=bool(people and typed.get("invites")),
        **days,
    )


# As the fields stand on the page.
_ORDER = (
    "product",
    "about",
    "places",
    "price",
    "benefit",
    "people",
    "least_visits",
    "note",
    "apply_until",
    "try_days",
    "answer_until",
    "term_starts",
    "term_ends",
)


def _days(typed: Mapping[str, str], sort: str, today: date, wrong: dict[str, str]) -> dict[str, date | None]:
    last = _day(typed, "apply_until", wrong, "언제까지 신청을 받을지 골라 주세요.")
    if last is not None and last < today:
        wrong["apply_until"] = "신청 마지막 날이 이미 지났어요. 오늘이나 그 뒤로 골라 주세요."
    if sort == TRIAL:
        answers = _day(typed, "answer_until", wrong, "언제까지 답을 받을지 골라 주세요.")
        if answers is not None and last is not None and answers <= last:
            wrong["answer_until"] = "답을 받는 날은 신청 마지막 날보다 뒤여야 해요."
        return {"apply_until": last, "answer_until": answers}
    first = _day(typed, "term_starts", wrong, "활동을 시작하는 날을 골라 주세요.")
    end = _day(typed, "term_ends", wrong, "활동이 끝나는 날을 골라 주세요.")
    if first is not None and end is not None and end <= first:
        wrong["term_ends"] = "끝나는 날은 시작하는 날보다 뒤여야 해요."
    elif first is not None and end is not None and (end - first).days > 366:
        wrong["term_ends"] = "활동 기간은 1년까지 정할 수 있어요."
    return {"apply_until": last, "term_starts": first, "term_ends": end}


def _day(typed: Mapping[str, str], name: str, wrong: dict[str, str], sentence: str) -> date | None:
    try:
        found = date.fromisoformat(typed.get(name, "").strip())
    except ValueError:
        wrong[name] = sentence
        return None
    if not 2000 <= found.year <= 2100:
        wrong[name] = sentence
        return None
    return found


def _number(
    typed: Mapping[str, str], name: str, least: int, most: int, sentence: str, wrong: dict[str, str]
) -> int:
    """Return a whole number as people type it ("5,000원"); "" is 0."""
    text = "".join(typed.get(name, "").split()).replace(",", "").rstrip("원명분일번")
    if not text and least == 0:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not least <= int(text) <= most:
        wrong[name] = sentence
        return 0
    return int(text)


def clean_question(typed: Mapping[str, str], *, when: str, sort: str) -> Question:
    """Return one question as typed, its choices one a line. Raises Invalid with a sentence a field."""
    wrong: dict[str, str] = {}
    form = typed.get("how", "")
    if form not in FORMS_OF[TASTING if sort == TASTING else when]:
        wrong["how"] = "어떻게 답하실지 골라 주세요."
    text = " ".join(typed.get("text", "").split())
    text = words(text, "text", QUESTION_MAX, wrong, needed="무엇을 여쭤볼지 적어 주세요.")
    options: list[str] = []
    if form in (CHOICE, MANY):
        lines = [" ".join(line.split()) for line in typed.get("options", "").splitlines()]
        options = list(dict.fromkeys(line for line in lines if line))
        if not OPTIONS_LEAST <= len(options) <= OPTIONS_MOST:
            wrong["options"] = (
                f"고를 것을 한 줄에 하나씩, {OPTIONS_LEAST}개에서 {OPTIONS_MOST}개까지 적어 주세요."
            )
        elif any(len(option) > OPTION_MAX for option in options):
            wrong["options"] = f"고를 것 하나는 {OPTION_MAX}자까지 쓸 수 있어요."
        elif (sentence := asks_for_praise(" ".join(options))) is not None:
            wrong["options"] = sentence
    if wrong:
        raise Invalid({name: wrong[name] for name in ("text", "how", "options") if name in wrong})
    return Question(when, form, text, tuple(options), is_needed=bool(typed.get("is_needed")))


def clean_answer(question: Question, values: Sequence[str], *, photo_id: int | None = None) -> Answer:
    """Return an answer to a question from the values of its field. Raises Invalid (field: answer)."""
    first = values[0].replace("\r\n", "\n").strip() if values else ""
    answer = Answer()
    one_of = {str(n) for n in SCALE_WORDS} if question.form == SCALE else _places(question)
    if question.form in (SCALE, CHOICE) and first in one_of:
        answer = Answer(number=int(first))
    elif question.form == MANY:
        answer = Answer(picks=tuple(sorted({int(each) for each in values if each in _places(question)})))
    elif question.form == TEXT:
        if len(first) > ANSWER_MAX:
            raise Invalid({"answer": f"{ANSWER_MAX:,}자까지 쓸 수 있어요. 지금 {len(first):,}자예요."})
        answer = Answer(text=first)
    elif question.form == PHOTO:
        answer = Answer(photo_id=photo_id)
    if answer.is_empty and question.is_needed:
        raise Invalid(
            {
                "answer": {
                    TEXT: "한 줄이라도 적어 주세요.",
                    PHOTO: "사진을 한 장 골라 주세요.",
                    MANY: "맞는 것을 하나 이상 골라 주세요.",
                }.get(question.form, "하나를 골라 주세요.")
            }
        )
    return answer


def _places(question: Question) -> set[str]:
    return {str(place) for place in range(len(question.options))}


def clean_application(questions: Sequence[Question], typed: Mapping[str, Sequence[str]]) -> dict[int, Answer]:
    """Return the answers to what is asked of who applies, by the question's id. Raises Invalid (fields: q<id>)."""
    found: dict[int, Answer] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        try:
            found[question.id] = clean_answer(question, typed.get(f"q{question.id}", ()))
        except Invalid as error:
            wrong[f"q{question.id}"] = error.fields["answer"]
    if wrong:
        raise Invalid(wrong)
    return found
