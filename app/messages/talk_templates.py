"""Reads the texts that Kakao approved for a shop, or has still to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.extensions import db
from app.messages import registry, talk
from app.messages.contract import Kind, Template
from app.messages.way_models import TalkTemplate

_APPROVED = select(TalkTemplate.code, TalkTemplate.text).where(
    TalkTemplate.shop_id == bindparam("shop"),
    TalkTemplate.provider == bindparam("provider"),
    TalkTemplate.kind == bindparam("kind"),
    TalkTemplate.state == "approved",
)


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One kind of notice and where its text stands."""

    kind: str
    label: str
    text: str  # as it lies at Kakao, else as it would be laid there
    button: str
    link: str
    state: str  # "" nobody was asked | written | asked | approved | refused | stopped
    detail: str  # the inspectors' words
    code: str
    is_older: bool  # what lies there is not what we would write today
    changed_at: datetime | None


def kinds_of(provider: str) -> list[Kind]:
    """Return the kinds that may travel as AlimTalk over a provider, by their labels."""
    by_talk = {
        key
        for key, channel in registry.channels().items()
        if channel.CAPABILITIES.is_template and channel.CAPABILITIES.account == provider
    }
    able = [kind for kind in registry.kinds().values() if talk.may_go(kind) and by_talk & set(kind.channels)]
    return sorted(able, key=lambda kind: kind.label)


def lines(shop_id: int, provider: str, *, shop_name: str, contact: str, base_url: str) -> list[TalkLine]:
    """Return every kind that may go by AlimTalk, each with where its text stands."""
    rows = {
        row.kind: row
        for row in db.session.scalars(
            select(TalkTemplate).where(TalkTemplate.shop_id == shop_id, TalkTemplate.provider == provider)
        )
    }
    found = []
    for kind in kinds_of(provider):
        row, draft = (
            rows.get(kind.key),
            talk.draft(kind, shop_name=shop_name, contact=contact, base_url=base_url),
        )
        found.append(
            TalkLine(
                kind=kind.key,
                label=kind.label,
                text=row.text if row else draft.text,
                button=draft.button,
                link=draft.link,
                state=row.state if row else "",
                detail=row.detail if row else "",
                code=row.code if row else "",
                is_older=row is not None and row.text != draft.text,
                changed_at=row.changed_at if row else None,
            )
        )
    return found


def template_for(
    session: Any,
    *,
    shop_id: int,
    provider: str,
    kind: Kind,
    values: Mapping[str, str | None],
    path: str = "",
    base_url: str = "",
) -> tuple[Template, str] | None:
    """Return what an AlimTalk letter carries, and how it reads; None when there is no approved text that fits.

    `values` are the placeholders' values as for any other way, `path` where the message leads inside our pages.
    """
    row = session.execute(_APPROVED, {"shop": shop_id, "provider": provider, "kind": kind.key}).one_or_none()
    if row is None:
        return None
    own = talk.variables(kind, values, path=path)
    if not talk.fits(row.text, own):  # our text has other variables by now than the one that was approved
        return None
    link = f"{base_url}{path}" if path else ""
    template = Template(code=row.code, variables=own, button=kind.button if link else "", link=link)
    return template, talk.filled(row.text, own)
