"""What work that comes round again is, and how it is done for every shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.flows.unit import end_reading
from app.shops import queries as shops

log = structlog.get_logger(__name__)

# Called by long work between two steps, with no transaction open: what is due is served, and True means "stop now".
Breath = Callable[[], bool]


@dataclass(frozen=True)
class Periodic:
    """Work that comes round again."""

    name: str
    every: timedelta
    first: Callable[[datetime], datetime]
    run: Callable[[datetime, Breath], None]


def for_each_shop(
    work: Callable[[int], object], what: str, breath: Breath, some: list[int] | None = None
) -> None:
    """Do something for every shop, or for some. One that fails is told and costs the others nothing."""
    for shop_id in shops.shop_ids() if some is None else some:
        if breath():
            return
        try:
            work(shop_id)
        except Exception as fault:
            end_reading()
            log.error("shop_failed", work=what, shop_id=shop_id, fault=type(fault).__name__)
