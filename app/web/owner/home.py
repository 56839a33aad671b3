"""The owner's home: what to do now, today in numbers, the week in a sentence, whom to greet."""

from __future__ import annotations

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from app.cards import counter
from app.insights import queries as insights
from app.insights import rules, till
from app.kit.clock import kst_day
from app.kit.signing import new_token
from app.messages import campaigns, results, spending, today
from app.messages import queries as messages
from app.shops import queries as shops
from app.voices import queries as voices
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import days, done, todos
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.stamps import claims_version, note_waiting


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
            "todos": todos.seen_at_once(todos.todos(todos.waits(now=moment), now=moment)),
            "campaigns": campaigns.open_ones(shop_id),
            "outlook": messages.outlook(shop_id, now=moment),
            "left_out": today.left_out_count(shop_id, now=moment),
            "holidays": days.questions(),
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
