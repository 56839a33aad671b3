"""A till in a process of its own: `python -m tests.flows.till <data> <database url>`.

Again and again: reads a JSON line of works from standard input, says "ready", waits for the next line, does
all works at once in threads, and prints what became of each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from app.extensions import db
from app.flows import claim, redeem, stamp
from app.kit.refusals import Refused
from tests import factories, world
from tests.world import Clock

FLOWS: dict[str, Callable[..., Any]] = {
    "give": stamp.give,
    "approve": claim.approve,
    "use_reward": redeem.use_reward,
}


def _work(name: str, facts: dict[str, Any]) -> Callable[[], Any]:
    facts = {**facts, "once": factories.once(), "now": datetime.fromisoformat(facts["now"])}
    return lambda: FLOWS[name](**facts | ({"master": factories.master()} if name == "give" else {}))


def _told(found: Any) -> dict[str, Any]:
    if isinstance(found, Refused):
        return {"refused": found.code}
    if isinstance(found, Exception):
        return {"failed": repr(found)}
    return asdict(found)


def main() -> None:
    """Do what standard input says."""
    app = world.build(Path(sys.argv[1]), Clock(), DATABASE_URL=sys.argv[2])
    for line in sys.stdin:
        works = [_work(name, facts) for name, facts in json.loads(line)]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        with app.app_context():
            found = world.all_at_once(app, works)
            db.session.remove()
        sys.stdout.write(json.dumps([_told(each) for each in found]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
