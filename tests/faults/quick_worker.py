"""The real worker with short leases, so that a run of many kills takes a minute and not an hour."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.jobs import tick
from app.messages import retries
from app.messages.providers import push
from config import read_config
from tests.faults import points

retries.CALL_DEADLINE_S = 1.0
retries.LAST_BYTE_S = 2.5
retries.SENDING_LEASE_S = 5
retries.CLAIM_LEASE_S = 3
retries.SETTLE_S = 1
retries.CIRCUIT_REST_S = 2
retries.FIRST_WAIT_S = 0.3
tick.TICK_S = 0.3
tick.LEASE_S = 3.0
tick.RENEW_S = 1.0
tick.PATIENCE_S = 2.0
push._CALL_S = 1.0

import worker  # noqa: E402  (after the constants it reads)

worker.WORKER_TTL_S = 18
worker.AFTER_FAILURE_S = 0.3
_real = worker.create_app


def create_app(config: Any) -> Any:
    """Make the worker's application; PUSH_ORIGIN names a push service on this machine."""
    app = _real(config)
    app.config["WIRE"] = replace(app.config["WIRE"], push_origin=os.environ.get("PUSH_ORIGIN", ""))
    return app


worker.create_app = create_app


def warm_up(env: dict[str, str]) -> None:
    """Build an application once and throw it away: whoever is forked from here builds its own in no time."""
    from tests import world  # keeps templates that were compiled once

    config, wrong = read_config(env)
    assert not wrong, wrong
    world.close(_real(config))


def main() -> int:
    """Run the worker; returns its exit status. WORKER: its name in the arena."""
    points.label(Path(os.environ["DATA"]), os.environ.get("WORKER", "worker"))
    return worker.main()


if __name__ == "__main__":
    sys.exit(main())
