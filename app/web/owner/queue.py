"""이어서 적립: a queue of people, each confirmed by a short line, the next one at once.

Only this browser knows of it (its signed session): since when, and when it last went on. It ends by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import flash, make_response, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from app.cards import counter, history
from app.flows.stamp import Stamped
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp

_KEY = "queue"
_ENDS_AFTER = timedelta(minutes=15)


def since() -> datetime | None:
    """Return since when the person at this browser serves a queue, None when they do not, or it is over."""
    kept: Any = browser.get(_KEY)
    if not isinstance(kept, list) or len(kept) != 3 or kept[0] != current_staff().staff_id:
        return None
    started, last = (datetime.fromtimestamp(float(moment), UTC) for moment in kept[1:])
    return started if timedelta(0) <= now() - last < _ENDS_AFTER else None


def served() -> int:
    """Return how many people this queue has brought a stamp; 0 while there is none."""
    started, staff = since(), current_staff()
    if started is None:
        return 0
    return history.people_stamped(shop_id=staff.shop.id, staff_id=staff.staff_id, since=started)


@door(bp, "/owner/queue", methods=("POST",), audience="owner", role="staff", tenant="session")
def queue() -> ResponseReturnValue:
    """Begin to serve a queue, or end it."""
    if asked.text("end"):
        count = served()
        browser.pop(_KEY, None)
        flash(f"이어서 적립을 마쳤어요. 이번에 {count}명에게 찍었어요" if count else "이어서 적립을 마쳤어요")
    else:
        browser[_KEY] = [current_staff().staff_id, now().timestamp(), now().timestamp()]
    return see_other(url_for("owner.stamps"))


def next_one(stamped: Stamped) -> ResponseReturnValue:
    """Answer a stamp of a queue by one line, with the way to take it back; the camera goes on at once."""
    started = since()
    if started is not None:
        browser[_KEY] = [current_staff().staff_id, started.timestamp(), now().timestamp()]
    seen = counter.panel(shop_id=current_staff().shop.id, card_id=stamped.card_id, now=now())
    if not wants_fragment():
        name = f"{seen.name} 님" if seen and seen.name else "손님"
        flash(
            f"{name} 카드에 도장 찍었어요"
            if not stamped.repeated
            else "방금 찍은 손님이에요. 더 찍지 않았어요"
        )
        return see_other(url_for("owner.stamps"))
    answer = make_response(
        fragment("owner/stamps.html", "queued", seen=seen, stamped=stamped, served=served(), undone=False)
    )
    answer.headers["HX-Trigger"] = "dangol:tick"  # the list of waiting people looks again at once
    return answer


def taken_back(card_id: int) -> ResponseReturnValue:
    """Answer 적립 취소 of a queue by one line."""
    seen = counter.panel(shop_id=current_staff().shop.id, card_id=card_id, now=now())
    return fragment("owner/stamps.html", "queued", seen=seen, stamped=None, served=served(), undone=True)
