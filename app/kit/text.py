"""Texts with placeholders: `{이름} 님, {메뉴}을(를) 준비했어요`. And how many bytes a carrier counts.

A placeholder may be followed by a particle written the way Korean forms write it, 을(를), 은(는),
이(가), 과(와), (으)로; the one that fits the filled word is chosen. `{이름} 님` of a person without a
name becomes 고객님.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.kit.korean import josa

SMS_BYTES = 90
LMS_BYTES = 2000

_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,20})\}")
_PARTICLES = {
    "은(는)": "은/는",
    "는(은)": "은/는",
    "이(가)": "이/가",
    "가(이)": "이/가",
    "을(를)": "을/를",
    "를(을)": "을/를",
    "과(와)": "과/와",
    "와(과)": "과/와",
    "(으)로": "으로/로",
    "으로(로)": "으로/로",
}
# Up to and with its end marks and the blanks after them, or the line end.
_SENTENCE = re.compile(r"(?:[^\n.!?…]|[.!?…](?=[^\s.!?…\"'”’)]))*(?:[.!?…]+[\"'”’)]*|\n|$) *")
_NAMED = re.compile(
    r"\{([^{}\n]{1,20})\}(" + "|".join(re.escape(written) for written in _PARTICLES) + r"| 님)?"
)


def placeholders(text: str) -> set[str]:
    """Return the names between braces in a text."""
    return set(_PLACEHOLDER.findall(text))


def stray_braces(text: str) -> bool:
    """Tell whether a brace stays outside every placeholder: a mistyped `{이름` would go out as it is."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))


def fill(text: str, values: Mapping[str, str | None]) -> str:
    """Return the text with every placeholder filled and its particle chosen.

    A value is put in as it is and never read again for placeholders. A sentence with a placeholder whose
    value is None, which nobody knows, is left out as a whole. Raises KeyError for a placeholder that has
    no value.
    """
    unknown = {name for name in placeholders(text) if values[name] is None}
    if unknown:
        told = [part for part in _SENTENCE.findall(text) if not placeholders(part) & unknown]
        text = re.sub(r" +(?=\n|$)", "", "".join(told))

    def one(match: re.Match[str]) -> str:
        name, follower = match.group(1), match.group(2)
        value = values[name] or ""
        if follower is None:
            return value
        if follower == " 님":
            return f"{value} 님" if value else "고객님"
        return josa(value, _PARTICLES[follower])

    return _NAMED.sub(one, text)


def carrier_bytes(text: str) -> int:
    """Return the length in bytes as Korean carriers count it (cp949; `euc-kr` miscounts 뷁 and its like).

    A character that cp949 does not know counts two, the room its replacement would take.
    """
    return sum(len(char.encode("cp949")) if _known(char) else 2 for char in text)


def not_carried(text: str) -> list[str]:
    """Return the characters, each once and in order, that a carrier's SMS can't show (emoji, …)."""
    return list(dict.fromkeys(char for char in text if not _known(char)))


def _known(char: str) -> bool:
    try:
        char.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True
