"""`python -m tests.provider LOG SEED SHARE [SHIFT]`: prints its port, serves until its parent is gone.

SHIFT: seconds that its clock is ahead. It misbehaves in SHARE of the calls (0–1) until a file LOG.calm exists.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from tests.provider.bench import running


def main(log: Path, seed: int, share: float, shift: float = 0.0) -> None:
    """Serve."""
    parent, calm = os.getppid(), Path(f"{log}.calm")
    # Two workers of a fault test disagree about the hour; whether they may is not what it asks.
    with running(
        log, seed=seed, share=share, clock=lambda: time.time() + shift, skew_s=4 * 3600, report_after_s=0.5
    ) as bench:
        threading.Thread(target=bench.postman.run, daemon=True).start()
        print(bench.url.rpartition(":")[2], flush=True)
        while os.getppid() == parent:
            if calm.exists():
                bench.moody.calm()
            time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *map(float, sys.argv[4:]))
