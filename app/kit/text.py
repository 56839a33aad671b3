"""Texts with placeholders: `{이름} 님, {메뉴}을(를) 준비했어요`. And how many bytes a carrier counts.

A placeholder may be followed by a particle written the way Korean forms write it, 을(를), 은(는),
이(가), 과(와), (으)로; the one that fits the filled word is chosen. `{이름} 님` of a person without a
name becomes 고객님.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from app.kit.particles import josa

SMS_BYTES = 90
LMS_BYTES = 2000
SUBJECT_BYTES = 40  # of a long or a picture message
# What has another form that a carrier's message can show.
_SHOWN_AS = str.maketrans({"—": "-", "–": "-", "₩": "￦", "\u00a0": " ", "\t": " ", "\r": ""})

HONOURED = " 님"
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

    def one(name: str, follower: str) -> str:
        value = values[name] or ""
        if follower == HONOURED:
            return f"{value} 님" if value else "고객님"
        return followed(value, follower)

    return replaced(text, one, without=unknown)


def replaced(text: str, one: Callable[[str, str], str], *, without: Collection[str] = ()) -> str:
    """Return the text with each placeholder replaced by `one(name, what follows it)`: a particle, HONOURED or "".

    A sentence that holds a placeholder of `without` is left out as a whole.
    """
    left_out = set(without)
    if left_out & placeholders(text):
        told = [part for part in _SENTENCE.findall(text) if not placeholders(part) & left_out]
        text = re.sub(r" +(?=\n|$)", "", "".join(told))
    return _NAMED.sub(lambda found: one(found.group(1), found.group(2) or ""), text)


def followed(word: str, follower: str) -> str:
    """Return the word with the particle that fits it, of a pair as forms write it ("을(를)"); "" follows nothing."""
    return josa(word, _PARTICLES[follower]) if follower else word


def shortened(text: str, most: int) -> str:
    """Return at most `most` characters of a text, cut between words where it can be, with one … where it was cut."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    if not text[most - 1].isspace() and len(whole := kept.rsplit(None, 1)[0]) > most // 2:
        kept = whole
    return kept.rstrip(" \n.,…!?") + "…"


def carrier_bytes(text: str) -> int:
    """Return the length in bytes as Korean carriers count it (cp949; `euc-kr` miscounts 뷁 and its like).

    A character that cp949 does not know counts two, the room its replacement would take.
    """
    return sum(len(char.encode("cp949")) if _known(char) else 2 for char in text)


def not_carried(text: str) -> list[str]:
    """Return the characters, each once and in order, that a carrier's SMS can't show (emoji, …)."""
    return list(dict.fromkeys(char for char in text if not _known(char)))


def as_carried(text: str) -> str:
    """Return a text as a carrier's message can show it: what it can't is written another way or left out.

    A provider refuses the whole message for one emoji (SOLAPI 1029, NHN, SENS).
    """
    plain = text.translate(_SHOWN_AS)
    if not not_carried(plain):
        return plain
    kept = "".join(char for char in plain if _known(char))
    return re.sub(r"(?<=\S) {2,}", " ", re.sub(r" +(?=\n|$)", "", kept))


def _known(char: str) -> bool:
    try:
        char.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True
