"""Conditions in one Korean sentence: "여자이고, 최근 30일 안에 두 번 이상 온 손님". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.insights.filters import WHATS, Choices, Part, Rule, options
from app.kit.particles import josa

_GONE = "지금은 없는 것"
# {0} the first part's word; {0/을/를} with the particle that fits it.
_PLACE = re.compile(r"\{(\d)(?:/([^/}]+)/([^/}]+))?\}")


def sentence(rules: Sequence[Rule], choices: Choices) -> str:
    """Return who is in a group; every condition counts."""
    if not rules:
        return "모든 손님"
    *first, last = rules
    said = [_said(rule, choices, is_last=False) for rule in first]
    return ", ".join([*said, _said(last, choices, is_last=True)]) + " 손님"


def phrase(rule: Rule, choices: Choices) -> str:
    """Return one condition by itself: "최근 30일 안에 두 번 이상 온 손님"."""
    return sentence([rule], choices)


def _said(rule: Rule, choices: Choices, *, is_last: bool) -> str:
    what = WHATS[rule.what]
    words = [
        _word(part, value, choices, what.words or {}, is_last=is_last)
        for part, value in zip(what.parts, rule.values, strict=True)
    ]

    def put(found: re.Match[str]) -> str:
        word = words[int(found[1])]
        return josa(word, f"{found[2]}/{found[3]}") if found[2] else word

    return _PLACE.sub(put, what.ends if is_last else what.goes_on)


def _word(part: Part, value: str, choices: Choices, words: Mapping[str, str], *, is_last: bool) -> str:
    chip = dict(options(part, choices)).get(value, _GONE)
    said = words.get(value, chip)
    ends, _, goes_on = said.partition("|")
    return ends if is_last or not goes_on else goes_on
