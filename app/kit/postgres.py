"""PostgreSQL as it is asked about a shop's people: its planner guesses badly how many of a hundred thousand fit.

What follows from a person's newest word it takes for one in two hundred, so three such guesses in a row are "nobody":
then it goes through all cards for each of that nobody, or works everybody out to show the first thirty. Nothing here
does anything on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import text

# Sets of people must fit into memory; compiling a statement takes seconds where counting takes a tenth of one.
_EVERYBODY = {"enable_nestloop": "off", "work_mem": "64MB", "jit": "off"}
_FIRST_ONES = {"enable_sort": "off", "jit": "off"}


def is_postgres(session: Any) -> bool:
    """Tell which of our two databases this is."""
    return bool(session.get_bind().dialect.name == "postgresql")


def looking_at_everybody(session: Any) -> AbstractContextManager[None]:
    """Let the statements within be planned as ones that look at all of a shop's people."""
    return _planned(session, _EVERYBODY)


def taking_the_first(session: Any) -> AbstractContextManager[None]:
    """Let the statements within go along an index and stop as soon as they have enough."""
    return _planned(session, _FIRST_ONES)


@contextmanager
def _planned(session: Any, values: dict[str, str]) -> Iterator[None]:
    if not is_postgres(session):
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


# A table that is four times what the planner knows of it, and more than a small one, is counted before it goes on.
_GROWN = text(
    "SELECT known.relname FROM pg_stat_user_tables AS known JOIN pg_class ON pg_class.oid = known.relid"
    " WHERE known.schemaname = current_schema() AND known.relname = ANY(:names)"
    " AND known.n_mod_since_analyze > 4000 + 3 * greatest(pg_class.reltuples, 0) ORDER BY known.relname"
)


def count_grown(session: Any, names: Sequence[str]) -> list[str]:
    """Let the planner look at those of these tables that have grown many times over; returns which. Commit at once.

    It does so by itself, but a minute later: by then the first file of a new shop is in, and each of its pieces was
    compared with all rows there by an index that does not hold what is looked for.
    """
    grown = list(session.scalars(_GROWN, {"names": list(names)}))
    for name in grown:
        session.execute(text(f"ANALYZE {name}"))
    return grown
