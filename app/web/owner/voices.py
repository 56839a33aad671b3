"""손님 말씀: what customers say to the shop alone. A complaint is the owner's; a manager reads the others, staff what
was put into their hands."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import queries as customers
from app.flows import voice as flow
from app.insights import rhythms
from app.kit.refusals import Invalid
from app.kit.signing import new_token
from app.shops import queries as shops
from app.visits import queries as visits
from app.voices import care_rules, desk, listing, threads
from app.voices.care_rules import NoCouponLeft, TooManyOffers
from app.voices.rules import ANSWER_HOURS, COMPLAINT, KINDS, SOURCES
from app.voices.threads import Thread
from app.warranties import repairs
from app.web import answers
from app.web.answers import fragment, see_other
from app.web.doors import door, now
from app.web.form_photos import MOST_BYTES, picked_in, take_in
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.voice_photos import form_of, thread_of

_VISITS_SHOWN = 3


@door(bp, "/owner/voices", audience="owner", role="staff", tenant="session")
def shop_voices() -> ResponseReturnValue:
    """Show what is open, who waits longest on top, then what was settled; of one kind or cause, or that waits, when asked."""
    staff, wanted = current_staff(), request.args
    kind, cause = wanted.get("kind", ""), wanted.get("cause", "")[: care_rules.NAME_MAX]
    chosen: dict[str, Any] = {
        "kind": kind if kind in KINDS else "",
        "cause": cause,
        "unanswered": wanted.get("unanswered") == "1",
    }
    page = listing.threads(
        staff.shop.id, role=staff.role, staff_id=staff.staff_id, **chosen, after=wanted.get("after")
    )
    if page.open or page.done:
        note_look("voices")
    onward = wanted.to_dict() | {"after": page.after}
    return render_template(
        "owner/voices.html",
        page=page,
        **chosen,
        onward=onward,
        is_first=not wanted.get("after"),
        at_home=wanted.get("at") == "home",
        answer_within=ANSWER_HOURS[desk.answer_hours(staff.shop.id)] if staff.role == "owner" else "",
    )


@door(
    bp,
    "/owner/voices/<int:voice_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="staff",
    tenant="session",
    max_bytes=MOST_BYTES,
)
def shop_voice(voice_id: int) -> ResponseReturnValue:
    """Show one thread; the POST answers, with photos, and a coupon when the owner picked one."""
    staff, form = current_staff(), form_of(thread_of(voice_id))
    refused = take_in(form) if form and request.method == "POST" else ""
    page = thread_page(voice_id)
    if refused:
        return answers.invalid("owner/voice.html", **page | {"wrong": {"photo": refused}})
    if request.method == "GET":
        note_look("view", page["thread"].customer_id)
        return render_template("owner/voice.html", **page)
    try:
        flow.answer(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            role=staff.role,
            voice_id=voice_id,
            text=page["typed"],
            once=asked.once(),
            offer_kind=asked.number("offer"),
            picks_once=form.once if form else "",
            now=now(),
        )
    except (Invalid, TooManyOffers, NoCouponLeft) as error:
        wrong = error.fields if isinstance(error, Invalid) else {"offer": error.sentence}
        return answers.invalid("owner/voice.html", **page | {"wrong": wrong})
    flash(
        "답했어요. 손님 카드에 바로 보여요" if page["thread"].customer_id else "어떻게 했는지 적어 두었어요"
    )
    return see_other(url_for("owner.shop_voice", voice_id=voice_id))


@door(bp, "/owner/voices/<int:voice_id>/lines", audience="owner", role="staff", tenant="session")
def shop_voice_lines(voice_id: int) -> ResponseReturnValue:
    """The lines alone, for a page that stays open; 204 while nothing was said (H10)."""
    thread = thread_of(voice_id)
    if request.args.get("v") == thread.version:
        return "", 204
    note_look("view", thread.customer_id)
    return fragment("owner/voice.html", "lines", thread=thread)


def thread_page(voice_id: int) -> dict[str, Any]:
    """Return what a thread's page shows, as far as who asks may know it. Raises NotHere."""
    staff, thread = current_staff(), thread_of(voice_id)
    shop_id = staff.shop.id
    marked = desk.causes_of(shop_id, voice_id)
    typed = asked.text("text") if request.method == "POST" else _begun(thread, marked)
    form = form_of(thread)
    page: dict[str, Any] = {
        "thread": thread,
        "photos": picked_in(form) if form else None,
        "typed": typed,
        "wrong": {},
        "once": new_token(),
        "sources": SOURCES,
        "ready": desk.ready_answers(shop_id),
        "apology": care_rules.apology(marked, name=thread.name) if thread.kind == COMPLAINT else "",
        "offer": asked.text("offer"),
        "offers": [],
        "marked": marked,
        "causes": [],
        "note": "",
        "endings": [] if thread.answered_at or thread.is_left else list(care_rules.ENDINGS.items()),
        "how": "silent" if thread.kind == "praise" else "",  # thanks are often for nobody to answer
        "colleagues": [],
        "handed": None,
        "past": None,
        "repair": repairs.of_voice(shop_id=shop_id, voice_id=voice_id),
    }
    if staff.role == "staff":
        return page
    page["causes"] = list(dict.fromkeys((*desk.causes(shop_id), *marked)))
    if thread.kind != COMPLAINT:
        people = shops.staff_of(shop_id)
        hand = threads.hand_of(shop_id, voice_id)
        page["colleagues"] = [(each.id, each.name) for each in people if each.id != staff.staff_id]
        page["handed"] = next((each for each in people if each.id == hand), None)
    if thread.customer_id is not None:
        page |= _history(thread, thread.customer_id)
    return page


def _begun(thread: Thread, marked: list[str]) -> str:
    """Return what the answer begins with when a link asks for it: an answer at hand, or an apology."""
    wanted = request.args.get("fill", "")
    if wanted == "apology" and thread.kind == COMPLAINT:
        return care_rules.apology(marked, name=thread.name)
    return next(
        (each.text for each in desk.ready_answers(current_staff().shop.id) if str(each.id) == wanted), ""
    )


def _history(thread: Thread, customer_id: int) -> dict[str, Any]:
    staff = current_staff()
    who = {"shop_id": staff.shop.id, "customer_id": customer_id}
    known = customers.person(**who)
    past = desk.past_of(**who, but=thread.id, role=staff.role, now=now())
    is_owners = thread.kind == COMPLAINT and staff.role == "owner"
    came = visits.visits_of(**who, limit=_VISITS_SHOWN)
    return {
        "past": past,
        "known": known,
        "came": [visit for visit in came if not visit.reversed],
        "comes": rhythms.habit_of(**who),
        "offers": desk.offers(staff.shop.id) if is_owners else [],
        "warning": care_rules.repeat_warning(complaints=past.complaints, coupons=past.coupons)
        if is_owners
        else "",
    }
