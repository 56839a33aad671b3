"""`python -m tests.provider LOG SEED SHARE [SHIFT]`: prints its port, serves until its parent is gone.

SHIFT: seconds that its clock is ahead of this machine's, until a file LOG.shift says another number. It misbehaves in SHARE of the calls (0–1) and mangles
reports until a file LOG.calm exists.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path

from tests.provider import faults, reports
from tests.provider.bench import running

# A caller in a fault test waits a second at most.
HANG_S = 1.6
_A_DAY_S = 86400


def main(log: Path, seed: int, share: float, shift: float = 0.0) -> None:
    """Serve."""
    parent, calm, dice = os.getppid(), Path(f"{log}.calm"), random.Random(seed)
    later = Path(f"{log}.shift")

    def clock() -> float:
        return time.time() + (float(later.read_text()) if later.exists() else shift)

    with running(
        log,
        seed=seed,
        share=share,
        clock=clock,
        skew_s=15 * 60 + abs(shift) + _A_DAY_S,  # a caller signs with the machine's own clock
        report_after_s=0.5,
        pause_s=1.0,
        hang_s=HANG_S,
    ) as bench:
        bench.moody.chance = tuple(fault for fault in faults.NAMES if fault != "huge")
        threading.Thread(target=bench.postman.run, daemon=True).start()
        print(bench.url.rpartition(":")[2], flush=True)
        while os.getppid() == parent:
            if calm.exists():
                bench.moody.calm()
            elif dice.random() < share:
                bench.mangling.play(dice.choice(reports.NAMES))
            time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *map(float, sys.argv[4:]))
