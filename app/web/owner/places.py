"""더보기: who sees which places of the owner's side, and which of them a typed word stands for.

A place is named once. Who may open it is asked of its own door, so that no row leads to a locked one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import current_app

from app.kit.korean import initials, small_signs
from app.web.doors import ROLES, door_of
from app.web.guards import current_staff
from app.web.owner.place_list import DAILY, GROUPS, INSIDE, Place

QUERY_MAX = 40
_SOUNDS = frozenset("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")


def daily(facts: Mapping[str, bool]) -> list[Place]:
    """Return what is opened every day, as far as who is signed in may."""
    return [place for place in DAILY if _may(place, facts)]


def groups(facts: Mapping[str, bool]) -> list[tuple[str, list[Place]]]:
    """Return the groups below it with their places; a group without any is left out."""
    shown = [(name, [place for place in places if _may(place, facts)]) for name, places in GROUPS]
    return [(name, places) for name, places in shown if places]


def found(typed: str, facts: Mapping[str, bool]) -> list[Place]:
    """Return the places that a word, words or first sounds ("ㅇㅅㄱ") stand for, those so named first."""
    words = [small_signs(word) for word in typed[:QUERY_MAX].split()]
    if not words:
        return []
    whole = "".join(words)
    named: list[Place] = []
    meant: list[Place] = []
    for where, places in (("", DAILY), *GROUPS, *INSIDE):
        for place in places:
            if not _may(place, facts):
                continue
            name = small_signs(place.name)
            if whole in name or (_SOUNDS.issuperset(whole) and whole in initials(place.name)):
                named.append(replace(place, where=where))
            elif all(word in name + small_signs(f"{place.detail} {place.also}") for word in words):
                meant.append(replace(place, where=where))
    return named + meant


def _may(place: Place, facts: Mapping[str, bool]) -> bool:
    """Tell whether its door opens for who is signed in, at this device, and the shop has it."""
    staff, door = current_staff(), door_of(current_app, place.endpoint)
    if door is None or (door.audience == "owner" and ROLES.index(staff.role) < ROLES.index(door.role)):
        return False
    if staff.is_shared and door.device == "own":
        return False
    return facts[place.when] if place.when else True
