"""One person, with everything the shop remembers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import counter, extras, history
from app.customers import known_rules, merges
from app.customers import queries as customers
from app.customers.texts import CONSENT_NAMES
from app.flows import person as person_flow
from app.flows import tags as tag_flow
from app.insights import rhythms
from app.kit.clock import kst_day, start_of_day
from app.kit.refusals import Invalid, NotHere
from app.messages import history as letters
from app.reviews import queries as reviews
from app.testers import mine as testers
from app.visits import queries as visits
from app.voices import listing
from app.voices import queries as voices
from app.voices.rules import COMPLAINT
from app.web import answers, endings
from app.web.answers import see_other
from app.web.days_form import day_lines
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked, panel_tier
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.person_board import person_board
from app.web.owner.person_friends import person_friends
from app.web.owner.person_known import companion_lines, tag_page
from app.web.owner.person_owned import owned

_VISITS_SHOWN = 20
_REVIEWS_SHOWN = 3
_VOICES_SHOWN = 3
_UNDO_DAYS = 2  # today's and yesterday's stamps are taken back by one tap; older ones are looked for first
# Where somebody bought; at the shop itself nothing has to be said.
_CHANNEL_NAMES = {
    "smartstore": "스마트스토어",
    "coupang": "쿠팡",
    "cafe24": "카페24",
    "esm": "지마켓·옥션",
    "file": "가져온 주문",
    "pos": "포스",
    "api": "다른 프로그램",
}


@door(
    bp,
    "/owner/people/<int:customer_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def person(customer_id: int) -> ResponseReturnValue:
    """Show a person, or save what the shop wants to remember, a tag that was typed too; what can't be saved stays."""
    if request.method == "GET":
        into = merges.went_into(shop_id=current_staff().shop.id, customer_id=customer_id)
        if into is not None:  # one with another by now: an old link or a look back leads to them
            return see_other(url_for("owner.person", customer_id=into))
        note_look("view", customer_id)
        return render_template("owner/person.html", **_page(customer_id))
    staff = current_staff()
    notes = {name: asked.text(name) for name in ("name", "likes", "memo")}
    tag = asked.text("tag")
    try:
        if tag:
            tag_flow.put_on(
                shop_id=staff.shop.id,
                staff_id=staff.staff_id,
                customer_id=customer_id,
                name=tag,
                ip=asked.ip(),
                now=now(),
            )
        person_flow.save_notes(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            staff_id=staff.staff_id,
            **notes,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        wrong = answers.in_order(error.fields, notes)
        shown: dict[str, Any] = {"notes": notes, "wrong": wrong}
        if "tag" in wrong:
            shown |= {"wrong": {"new-tag": wrong["tag"]}, "wrong_tag": wrong["tag"], "typed_tag": tag}
        return answers.invalid("owner/person.html", **(_page(customer_id) | shown))
    flash("저장했어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


def _numbers(shop_id: int, seen: counter.Panel | None) -> dict[str, Any]:
    if seen is None:
        return {"sums": [], "ending": ""}
    return {
        "sums": extras.sums(shop_id=shop_id, card_id=seen.card_id),
        "ending": endings.words(seen.ending, now=now()),
    }


def _threads(shop_id: int, customer_id: int) -> list[listing.ThreadLine]:
    """Return a person's last matters with the shop; complaints are heard by the owner alone."""
    told = listing.threads_of(shop_id=shop_id, customer_id=customer_id, limit=20)
    is_owner = current_staff().role == "owner"
    return [one for one in told if is_owner or one.kind != COMPLAINT][:_VOICES_SHOWN]


def _page(customer_id: int) -> dict[str, Any]:
    shop_id = current_staff().shop.id
    known = customers.person(shop_id=shop_id, customer_id=customer_id)
    if known is None:
        raise NotHere("찾으시는 손님이 없어요. 손님 목록에서 다시 골라 주세요.")
    card_id = counter.card_of_customer(shop_id=shop_id, customer_id=customer_id)
    seen = counter.panel(shop_id=shop_id, card_id=card_id, now=now()) if card_id is not None else None
    came = visits.visits_of(shop_id=shop_id, customer_id=customer_id, limit=_VISITS_SHOWN)
    lines = history.lines_of(shop_id=shop_id, card_id=card_id) if card_id is not None else []
    undo_since = start_of_day(kst_day(now()) - timedelta(days=_UNDO_DAYS - 1))
    return {
        "known": known,
        "customer_id": customer_id,
        "tier": panel_tier.for_person(customer_id),
        "same_number": customers.same_number(shop_id=shop_id, customer_id=customer_id),
        "merged": merges.merges_of(shop_id=shop_id, customer_id=customer_id, now=now()),
        "seen": seen,
        "lines": lines,
        **_numbers(shop_id, seen),
        "undo_since": undo_since,
        "older": [line for line in lines if line.can_undo and line.at < undo_since],
        "came": [visit for visit in came if not visit.reversed],
        "comes": rhythms.habit_of(shop_id=shop_id, customer_id=customer_id),
        "threads": _threads(shop_id, customer_id),
        "words": voices.last_words(shop_id=shop_id, customer_id=customer_id, role=current_staff().role),
        "friends": person_friends(customer_id),
        "owned": owned(customer_id),
        "board": person_board(customer_id),
        "coming": letters.waiting(shop_id, now=now(), customer_id=customer_id),
        "letters": letters.sent(shop_id, now=now(), customer_id=customer_id, limit=10).lines,
        "said": reviews.reviews_of(shop_id=shop_id, customer_id=customer_id, limit=_REVIEWS_SHOWN),
        "tried": testers.parts(shop_id=shop_id, customer_id=customer_id, limit=5)
        if current_staff().shop.has("testers")
        else [],
        "companions": companion_lines(customer_id),
        "genders": known_rules.GENDERS,
        "found_by": known_rules.FOUND_BY,
        **tag_page(customer_id),
        "days": day_lines(shop_id=shop_id, customer_id=customer_id),
        "consent_names": CONSENT_NAMES,
        "source_names": known_rules.SOURCES,
        "channel_names": _CHANNEL_NAMES,
        "notes": {"name": known.name, "likes": known.likes, "memo": known.memo},
        "wrong": {},
    }
