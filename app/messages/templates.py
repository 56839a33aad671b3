"""Reads the texts that Kakao approved, and fills their variables. Only such a text may travel as 알림톡."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.messages.contract import Template
from app.messages.way_models import TalkTemplate

_VARIABLE = re.compile(r"#\{([^{}\n]{1,20})\}")
_APPROVED = select(TalkTemplate.kind, TalkTemplate.code, TalkTemplate.text).where(
    TalkTemplate.shop_id == bindparam("shop"),
    TalkTemplate.provider == bindparam("provider"),
    TalkTemplate.state == "approved",
)


def approved(session: Any, *, shop_id: int, provider: str) -> dict[str, tuple[str, str]]:
    """Return the approved templates of a shop with a provider: kind → (its code, its text)."""
    rows = session.execute(_APPROVED, {"shop": shop_id, "provider": provider})
    return {kind: (code, text) for kind, code, text in rows}


def filled(
    code: str, text: str, values: Mapping[str, str | None], *, button: str = "", link: str = ""
) -> tuple[str, Template] | None:
    """Return the text as the person reads it and the template as it travels; None when a value is not known.

    Variables stand in the text as `#{이름}`: that is Kakao's form, and the value replaces it as it is.
    """
    known = {name: values.get(name) for name in _VARIABLE.findall(text)}
    given = {name: value for name, value in known.items() if value}
    if len(given) < len(known):
        return None
    words = _VARIABLE.sub(lambda found: given[found.group(1)], text)
    return words, Template(code=code, variables=given, button=button, link=link)
