"""PostgreSQL as it is asked about a shop's people: its planner guesses badly how many of a hundred thousand fit.

What follows from a person's newest word it takes for one in two hundred, so three such guesses in a row are "nobody":
then it goes through all cards for each of that nobody, or works everybody out to show the first thirty. Nothing here
does anything on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import text

# Sets of people must fit into memory; compiling a statement takes seconds where counting takes a tenth of one.
_EVERYBODY = {"enable_nestloop": "off", "work_mem": "64MB", "jit": "off"}
_FIRST_ONES = {"enable_sort": "off", "jit": "off"}


def looking_at_everybody(session: Any) -> AbstractContextManager[None]:
    """Let the statements within be planned as ones that look at all of a shop's people."""
    return _planned(session, _EVERYBODY)


def taking_the_first(session: Any) -> AbstractContextManager[None]:
    """Let the statements within go along an index and stop as soon as they have enough."""
    return _planned(session, _FIRST_ONES)


@contextmanager
def _planned(session: Any, values: dict[str, str]) -> Iterator[None]:
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    names = ", ".join(f"current_setting('{name}')" for name in values)
    before = session.execute(text(f"SELECT {names}")).one()
    _set(session, values)
    yield
    _set(session, dict(zip(values, before, strict=True)))


def _set(session: Any, values: dict[str, str]) -> None:
    """Set them until the transaction ends, also when it ends badly."""
    each = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in values.items())
    session.execute(text(f"SELECT {each}"))
