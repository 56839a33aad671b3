"""What a letter takes along beside its words: the shop's own account, the text that Kakao approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.messages import accounts, talk_templates
from app.messages.contract import Account, Capabilities, Facts, Kind, Template, Wire


@dataclass(frozen=True, slots=True)
class Along:
    """Nothing, where the channel needs nothing. `text`: how the approved text reads for this person."""

    account: Account | None = None
    template: Template | None = None
    text: str = ""


def carries(
    session: Any, *, shop_id: int, can: Capabilities, kind: Kind, name: str, facts: Facts, wire: Wire
) -> Along:
    """Return what a letter over a channel that can this takes along, as it stands at this moment."""
    if not can.account:
        return Along()
    account = accounts.account(session, shop_id=shop_id, provider=can.account)
    if not can.is_template:
        return Along(account)
    found = talk_templates.template_for(
        session,
        shop_id=shop_id,
        provider=can.account,
        kind=kind,
        values={"이름": name, **kind.words(facts)},
        path=kind.path(facts) if kind.path is not None else "",
        base_url=wire.public_url or wire.base_url,
    )
    return Along(account, *found) if found else Along(account)
