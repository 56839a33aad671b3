"""Reads about the days people like to be remembered on."""

from __future__ import annotations

from datetime import date


def birthdays_on(*, shop_id: int, day: date) -> list[int]:
    """Return the living customers whose birthday is celebrated on a Korean day, solar or lunar."""
    return []


def anniversaries_on(*, shop_id: int, day: date) -> list[int]:
    """Return the living customers whose anniversary falls on a Korean day, solar or lunar."""
    return []
