"""A row that does not go now: it waits for its time, or it ends, and says why. Flush, never commit."""

from __future__ import annotations

from typing import Any

from app.messages import rules
from app.messages.actions.claims import Hold, change
from app.messages.recall import give_back_rights

_ENDS_AS = {"too_late": "expired", "cancelled": "cancelled"}


def not_now(session: Any, hold: Hold, verdict: rules.Verdict) -> None:
    """Write down that a claimed row waits, or never goes; nothing of one that may go."""
    if isinstance(verdict, rules.LeaveOut):
        end(session, hold, _ENDS_AS.get(verdict.code, "suppressed"), verdict.code, verdict.reason)
    elif isinstance(verdict, rules.Wait):
        waits = {"due_at": verdict.until, "code": verdict.code, "reason": verdict.reason}
        change(session, hold, "claimed", state="ready", lease_ms=None, **waits)


def end(session: Any, hold: Hold, state: str, code: str, reason: str, was: str = "claimed") -> bool:
    """Let a row never go out, with why; what it had taken is given back. False when it is no longer ours."""
    if not change(session, hold, was, state=state, code=code, reason=reason[:160], lease_ms=None):
        return False
    give_back_rights(session, hold.shop_id, [hold.id])
    return True
