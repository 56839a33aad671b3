"""The owner's home: what to do now, today in numbers, the week in a sentence, whom to greet."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.board import reported, stories, talks
from app.cards import counter, offline, papers
from app.insights import queries as insights
from app.insights import rules, till
from app.kit.clock import kst_day
from app.kit.signing import new_token
from app.messages import by_hand, campaigns, results, spending, today
from app.messages import faded as regulars
from app.messages import queries as messages
from app.reviews import queries as reviews
from app.reviews import unseen
from app.shops import queries as shops
from app.testers import queries as testers
from app.voices import queries as voices
from app.warranties import repairs
from app.warranties.rules import USE as WARRANTIES
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import closing_news, days, done
from app.web.owner.blueprint import bp
from app.web.owner.events import draws_waiting
from app.web.owner.noted import note_look
from app.web.owner.stamps import claims_version, note_waiting

_MOST_AT_ONCE = 5  # things to do that are seen without opening anything: a list longer than that is put off


@door(bp, "/owner", audience="owner", role="staff", tenant="session")
def home() -> ResponseReturnValue:
    """Show the day. Staff see the counter's part of it, not the shop's."""
    staff = current_staff()
    shop_id, moment = staff.shop.id, now()
    claims = counter.waiting_claims(shop_id=shop_id, now=moment)
    context = {
        "claims": claims,
        "waiting": len(claims),  # the tab and the heading count the same people
        "claims_version": claims_version(claims),
        "keys": [new_token() for _ in claims],
        "today": insights.today(shop_id=shop_id, now=moment),
        "news": done.waiting(),
    }
    if not staff.shop.is_demo and not staff.is_shared:
        me = next((line for line in shops.staff_of(shop_id) if line.id == staff.staff_id), None)
        context["needs_password"] = me is not None and not me.has_password
    if staff.role == "staff":
        context["handed"] = voices.waiting(shop_id, role="staff", staff_id=staff.staff_id).others
    else:
        fortnight = insights.stamps_by_day(shop_id=shop_id, last=kst_day(moment), days=14)
        week = fortnight[7:]
        context |= {
            "voices": voices.waiting(shop_id, role=staff.role),
            "reviews_waiting": reviews.unanswered(shop_id),
            "photos_waiting": unseen.count(shop_id),
            "offline_waiting": offline.listed_count(shop_id) if staff.shop.has(offline.WAITS) else 0,
            "most_counted": reviews.MOST_COUNTED,
            "most_at_once": _MOST_AT_ONCE,
            "campaigns": campaigns.open_ones(shop_id),
            "testers": testers.waiting(shop_id, now=moment) if staff.shop.has("testers") else None,
            "outlook": messages.outlook(shop_id, now=moment),
            "hand_waits": by_hand.waiting_now(shop_id, wire=current_app.config["WIRE"], now=moment),
            "left_out": today.left_out_count(shop_id, now=moment),
            "faded": regulars.faded(shop_id, now=moment),
            "holidays": days.questions(),
            "untold": closing_news.untold(),
            "reported": reported.waiting(shop_id),
            "stories_waiting": stories.waiting_count(shop_id),
            "questions_waiting": talks.unanswered_count(shop_id),
            "draws_waiting": draws_waiting(moment),
            "papers": papers.waiting_count(shop_id),
            "repairs_waiting": repairs.waiting(shop_id) if staff.shop.has(WARRANTIES) else 0,
            "week_words": rules.week_words(week, before=sum(count for _day, count in fortnight[:7])),
            "week": [(rules.weekday(day), count) for day, count in week],
            "busiest": rules.busiest_index(week),
            "expected": [
                (person, rules.rhythm_words(person.rhythm_days))
                for person in insights.to_greet(shop_id=shop_id, now=moment)
            ],
            "staff_alert": till.alert(shop_id=shop_id, now=moment),
            "came_back": results.came_back(shop_id, "come_back", now=moment),
            "best_result": results.best(shop_id),
            "spending_alert": spending.this_month(shop_id, now=moment).alert,
            "is_new_shop": not any(count for _day, count in fortnight)
            and counter.cards_out(shop_id=shop_id, now=moment)[0] == 0,
            "base_url": current_app.config["BASE_URL"],
        }
    note_waiting(claims)
    if context["news"] or context.get("expected") or context.get("came_back"):
        note_look("list")
    return render_template("owner/home.html", **context)
