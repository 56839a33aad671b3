"""The real worker with short leases, so that a run of many kills takes a minute and not an hour."""

from __future__ import annotations

import sys

from app.jobs import tick
from app.messages import retries

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

import worker  # noqa: E402  (after the constants it reads)

worker.WORKER_TTL_S = 18
worker.AFTER_FAILURE_S = 0.3

if __name__ == "__main__":
    sys.exit(worker.main())
