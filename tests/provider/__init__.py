"""A provider on the bench for tests: the shipped one (launch/provider_bench), with bad manners on demand.

`running()` gives a Bench on a free port; `python -m tests.provider LOG SEED SHARE` is one in a process of its own.
"""

from __future__ import annotations

from tests.provider.bench import Bench, running

__all__ = ["Bench", "running"]
