"""알림톡: the text of a kind as Kakao approves it, and how it reads for one person. Pure.

Kakao approves a text with #{variables} and lets nothing else pass. So it is our own default text, never the shop's
changes to it; a sentence that not everybody has is not in it; and a Korean particle goes with the word it follows,
inside the variable. Since April 2026 the last line says why the reader gets it (Kind.basis).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.text import HONOURED, followed, replaced
from app.messages.contract import Kind
from app.messages.forms import service_text

LONGEST = 1000  # characters, not bytes
_VARIABLE = re.compile(r"#\{([^{}]+)\}")
_NAME, _SHOP = "이름", "가게"
_NAMELESS = "고객"  # "고객 님"
PATH = "주소"  # where the button leads, below our own address


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it is laid before the inspectors."""

    name: str
    text: str
    button: str = ""
    link: str = ""


def may_go(kind: Kind) -> bool:
    """Tell whether a kind may travel as AlimTalk at all: a notice that can say why the reader gets it."""
    return bool(kind.basis) and not kind.is_ad and not kind.to_typed_number


def draft(kind: Kind, *, shop_name: str, contact: str, base_url: str) -> Draft:
    """Return the text of a kind for the inspectors, with its button where it leads somewhere."""
    text = _written(kind, shop_name=shop_name, contact=contact)
    link = f"{base_url}/#{{{PATH}}}" if kind.path is not None else ""
    return Draft(kind.label, text, kind.button if link else "", link)


def told(kind: Kind, *, shop_name: str, contact: str, values: Mapping[str, str | None]) -> str:
    """Return how the text reads for one person. `values` are the placeholders' as for any other way."""
    own = variables(kind, values)
    return filled(_written(kind, shop_name=shop_name, contact=contact), own)


def variables(kind: Kind, values: Mapping[str, str | None], *, path: str = "") -> dict[str, str]:
    """Return what stands for each variable ("#{고객명}") for one person. Raises KeyError for a missing value."""
    own: dict[str, str] = {}

    def one(name: str, follower: str) -> str:
        if name == _SHOP:
            return ""
        value = values[name] or (_NAMELESS if name == _NAME else "")
        own[_variable(name, follower)] = value if follower == HONOURED else followed(value, follower)
        return ""

    replaced(kind.text, one, without=kind.may_lack)
    if kind.path is not None and path:
        own[f"#{{{PATH}}}"] = path.lstrip("/")
    return own


def filled(text: str, own: Mapping[str, str]) -> str:
    """Return an approved text with its variables filled. Raises KeyError when one is missing."""
    return _VARIABLE.sub(lambda found: own[found.group(0)], text)


def fits(text: str, own: Mapping[str, str]) -> bool:
    """Tell whether an approved text can be filled, and is not too long when it is."""
    return all(found in own for found in _names(text)) and len(filled(text, own)) <= LONGEST


def _names(text: str) -> set[str]:
    return {found.group(0) for found in _VARIABLE.finditer(text)}


def _written(kind: Kind, *, shop_name: str, contact: str) -> str:
    def one(name: str, follower: str) -> str:
        if name == _SHOP:
            return shop_name + HONOURED if follower == HONOURED else followed(shop_name, follower)
        return _variable(name, follower) + (HONOURED if follower == HONOURED else "")

    body = replaced(kind.text, one, without=kind.may_lack)
    return f"{service_text(shop_name=shop_name, body=body, contact=contact)}\n\n{kind.basis}"


def _variable(name: str, follower: str) -> str:
    """Return "#{받을것을}" for `{받을 것}을(를)`: no blanks, no dots, and one name for one way to write it."""
    if name == _NAME:
        return "#{고객명}"
    particle = "" if follower in ("", HONOURED) else re.split(r"[()]", follower.lstrip("("))[0]
    return f"#{{{name.replace(' ', '')}{particle}}}"
