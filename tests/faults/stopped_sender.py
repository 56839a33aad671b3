"""A sender for one test: `python -m tests.faults.stopped_sender FOLDER DATABASE_URL BENCH_URL MOMENT` sends what is
due, one batch after another for each line on its standard input, and obeys the orders that lie in FOLDER (points.py).

A line says after how many seconds the batch's lease is over; the clock stands at MOMENT.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from app.flows import deliver
from app.messages import retries
from tests import world
from tests.faults import points

NAME = "sender"


def main(folder: Path, database_url: str, bench_url: str, moment: datetime) -> None:
    """Send a batch for every line; tells what came of it."""
    points.label(folder, NAME)
    app = world.build(folder, lambda: moment, DATABASE_URL=database_url, SOLAPI_URL=bench_url)
    for line in sys.stdin:
        retries.LAST_BYTE_S = float(line)
        with app.app_context():
            done = deliver.drain(wire=app.config["WIRE"], clock=app.config["CLOCK"])
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], datetime.fromisoformat(sys.argv[4]))
