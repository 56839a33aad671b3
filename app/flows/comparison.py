"""두 가지 글 비교: an automation with two texts, and the end of it: one of them stays. And the ways it may take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.flows import audit
from app.flows.automation import own_row, text_fault
from app.flows.unit import write
from app.kit.refusals import Invalid, NotHere
from app.messages import campaign_rules, registry, ways
from app.messages.contract import Wire

_SAME = "두 글이 같아요. 하나를 다르게 적어 주세요."


def begin(*, shop_id: int, kind: str, text_b: str, now: datetime, staff_id: int | None = None) -> None:
    """Send a second text to every other person from now on; another second text begins anew.

    Raises NotHere for an unknown kind, AskedForByLaw for a statutory one, Invalid (text_b).
    """
    words = text_b.replace("\r\n", "\n").strip()
    spec = registry.kinds().get(kind)
    if spec is None or spec.to_many:
        raise NotHere("그런 메시지는 없어요.")
    with write() as session:
        row = own_row(session, shop_id=shop_id, kind=kind, now=now)
        fault = text_fault(spec, words) if words else "비교할 다른 글을 적어 주세요."
        if fault is None and words == (row.text or spec.text):
            fault = _SAME
        if fault is not None:
            raise Invalid({"text_b": fault})
        if row.text_b == words:
            return
        row.text_b, row.compared_at, row.changed_at = words, now, now
        audit.note(
            session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=f"{kind}:compare", now=now
        )


def end(*, shop_id: int, kind: str, keeps_b: bool, now: datetime, staff_id: int | None = None) -> None:
    """End the comparison: one of the two is sent to everybody. The second tap changes nothing.

    Raises NotHere for an unknown kind, AskedForByLaw for a statutory one.
    """
    with write() as session:
        row = own_row(session, shop_id=shop_id, kind=kind, now=now)
        if not row.text_b:
            return
        if keeps_b:
            row.text = row.text_b
        row.text_b, row.compared_at, row.changed_at = "", None, now
        audit.note(
            session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=f"{kind}:compared", now=now
        )


def choose_ways(
    *,
    shop_id: int,
    kind: str,
    chosen: Collection[str],
    wire: Wire,
    now: datetime,
    staff_id: int | None = None,
) -> None:
    """Choose by which ways an automation travels; none of them: it lies on the card alone.

    What is planned already keeps its way. Raises NotHere for an unknown kind, AskedForByLaw for a statutory one.
    """
    spec = registry.kinds().get(kind)
    if spec is None or spec.to_many:
        raise NotHere("그런 메시지는 없어요.")
    lines = ways.offered(shop_id, spec, chosen="", wire=wire)
    kept = campaign_rules.kept_ways(
        chosen,
        offered=[line.key for line in lines],
        paid=[line.key for line in lines if line.is_paid],
    )
    with write() as session:
        row = own_row(session, shop_id=shop_id, kind=kind, now=now)
        if row.ways == kept:
            return
        row.ways, row.changed_at = kept, now
        audit.note(
            session, shop_id=shop_id, what="automation", staff_id=staff_id, detail=f"{kind}:ways", now=now
        )
