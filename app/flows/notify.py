"""Whom of the shop's people something rings, written down in the transaction of what happened.

These are no messages to customers: they cost nothing, need no consent and stand in a table of their own. Whether their
person still wants them, may still hear them and still has something to do is asked again before one is sent
(notify_run.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.shops import actions as shops
from app.shops import notification_rules as rules
from app.shops import notifications, notifying
from app.voices import answering
from app.voices.answering import Standing
from app.voices.models import Voice
from app.voices.rules import COMPLAINT

# What a new matter rings as; praise and ideas ring nobody.
_OF_NEW = {COMPLAINT: rules.COMPLAINT, "question": rules.QUESTION}


def voice_came(
    session: Any, *, voice: Voice, now: datetime, as_kind: str = "", but: int | None = None
) -> None:
    """A matter was brought up. `as_kind`: it is a repair; `but`: who of the shop wrote it down knows of it."""
    kind = as_kind or _OF_NEW.get(voice.kind, "")
    if kind:
        _about_voice(session, voice=voice, kind=kind, cause=f"voice:{voice.id}", but=but, now=now)


def said_more(session: Any, *, voice: Voice, cause: str, now: datetime) -> None:
    """A customer said more in a thread, or 아직이요. `cause`: of that one fact ("line:12")."""
    _about_voice(session, voice=voice, kind=rules.LINE, cause=cause, now=now)


def handed(session: Any, *, voice: Voice, handover_id: int, by: int, now: datetime) -> None:
    """Somebody was asked to answer."""
    cause = f"handover:{handover_id}"
    _about_voice(session, voice=voice, kind=rules.HANDED, cause=cause, but=by, now=now)


def reported(session: Any, *, shop_id: int, what: str, row_id: int, report_id: int, now: datetime) -> None:
    """A customer reported what another one showed, and nobody else's report of it waits."""
    if shops.shop(session, shop_id=shop_id).is_demo:
        return
    quiet = notifications.quiet_of(session, shop_id=shop_id)
    for staff_id, role in notifications.people(session, shop_id=shop_id):
        if rules.hears(rules.REPORT, role):
            notifying.plan(
                session,
                shop_id=shop_id,
                staff_id=staff_id,
                kind=rules.REPORT,
                subject=f"{what}:{row_id}",
                cause=_fact(f"report:{report_id}", now),
                due_at=rules.rings_at(now, quiet, rules.REPORT),
                now=now,
            )


def hand_of(standing: Standing, staff_id: int) -> str:
    """Return in whose hands a thread is, as seen by somebody: "" nobody's, "mine", "another's"."""
    if standing.hand is None:
        return ""
    return "mine" if standing.hand == staff_id else "another's"


def _fact(cause: str, now: datetime) -> str:
    """Return a cause that stays one fact's: what somebody who left took along leaves its number to who comes next (SQLite)."""
    return f"{cause}@{now:%y%m%d%H%M%S}"


def _about_voice(
    session: Any, *, voice: Voice, kind: str, cause: str, now: datetime, but: int | None = None
) -> None:
    shop_id = voice.shop_id
    standing = answering.standing(session, shop_id=shop_id, voice_id=voice.id)
    if standing is None or shops.shop(session, shop_id=shop_id).is_demo:
        return
    quiet = notifications.quiet_of(session, shop_id=shop_id)
    own: dict[str, Any] = {"shop_id": shop_id, "subject": f"voice:{voice.id}", "now": now}
    for staff_id, role in notifications.people(session, shop_id=shop_id):
        hand = hand_of(standing, staff_id)
        if not rules.hears(kind, role, of_complaint=standing.is_complaint, hand=hand):
            continue
        if staff_id != but:
            due_at = rules.rings_at(now, quiet, kind)
            fact = _fact(cause, now)
            notifying.plan(session, **own, staff_id=staff_id, kind=kind, cause=fact, due_at=due_at)
        if standing.due is not None:
            warning = f"due:{voice.id}:{standing.due:%Y%m%d%H%M}"
            warns_at = max(now, rules.warns_at(standing.due, quiet))
            notifying.plan(session, **own, staff_id=staff_id, kind=rules.DUE, cause=warning, due_at=warns_at)
