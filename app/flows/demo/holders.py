"""What history leaves behind while it runs: people with their cards, and the stamps that landed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.flows.demo.people import Person
from app.flows.demo.rows import Row


@dataclass
class Holder:
    """A person with their card while history runs. `stood`: standing visits in order."""

    person: Person
    customer: Row
    card: Row
    goal: int
    evidence_of: Row  # who their consents belong to: themselves, or a nameless stub once erased
    balance: int = 0
    points: int = 0
    changed: int = 0
    ready: list[Row] = field(default_factory=list)
    stood: list[Row] = field(default_factory=list)
    last_stamp_at: datetime | None = None
    wants_reward_in: int = 0  # visits until they use what is ready


@dataclass
class Stamp:
    """One earn as letters need it: `balance` is what the person saw land, the full card and not the next."""

    holder: Holder
    entry: Row
    visit: Row
    begins_visit: bool
    balance: int
    visit_number: int
    undone_at: datetime | None = None
