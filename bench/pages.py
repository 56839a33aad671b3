"""The card page and the stamp against hello, in interleaved rounds on both databases."""

from __future__ import annotations

import re
import statistics
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import data
from bench.data import Filled
from bench.load import Ask, Burst, burst
from bench.report import Row
from bench.servers import Web, gunicorn
from launch import testbed

# (row, must on SQLite, must on PostgreSQL) from the project's performance goals: hello's CPU ÷ the page's CPU.
MUST = {"card": (0.25, 0.19), "stamp": (0.18, 0.22)}
P99_MUST = 6.0
LIST_MUST = 1.5
_NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass
class Side:
    """One database with its server and what is asked of it."""

    kind: str
    filled: Filled
    web: Web
    asks: dict[str, Ask]
    bursts: dict[str, list[Burst]] = field(default_factory=dict)


def measure(folder: Path, *, customers: int, ledger: int, rounds: int, seconds: int) -> list[Row]:
    """Fill both databases, start the servers, ask in turns and return the rows."""
    with ExitStack() as closing:
        folder.mkdir(parents=True)
        paths = folder / "hello.txt"
        paths.write_text("/\n")
        hello = Ask("hello", "/", paths, "hello")
        sides = [_open(closing, folder, kind, customers, ledger) for kind in ("sqlite", "postgres")]
        yardstick = closing.enter_context(gunicorn("bench.hello:app", **sides[0].filled.env))
        hellos: list[Burst] = []
        for number in range(rounds + 1):
            _one_round(number, yardstick, hello, hellos, sides, seconds)
        rows = [row for name in ("card", "stamp") for row in _ratios(name, hellos, sides)]
        rows += _stamp_rows(sides)
        rows += [_list_row(side) for side in sides]
        for side in sides:
            side.web.process.terminate()
            side.web.process.wait(30)
        return rows + [_sums_row(side) for side in sides]


def _open(closing: ExitStack, folder: Path, kind: str, customers: int, ledger: int) -> Side:
    env = {}
    if kind == "postgres":
        server = closing.enter_context(testbed.postgres_server())
        env["DATABASE_URL"] = server.url(server.create_database())
    print(f"filling {_NAMES[kind]}: {customers:,} customers, {ledger:,} stamps", flush=True)
    filled = data.fill(folder / kind, customers=customers, ledger=ledger, **env)
    web = closing.enter_context(gunicorn("wsgi:app", **filled.env))
    cookie, csrf = _form_cookie(web, filled)
    asks = {
        "card": Ask("page", f"/c/{filled.shop_code}", filled.card_cookies, data.REWARD),
        "stamp": Ask("stamp", "/owner/stamps", filled.card_ids, "도장 찍었어요", cookie=cookie, csrf=csrf),
    }
    return Side(kind, filled, web, asks)


def _form_cookie(web: Web, filled: Filled) -> tuple[str, str]:
    """Open the counter as the owner does; returns the cookies and the form's token."""
    request = urllib.request.Request(f"{web.url}/owner/stamps", headers={"Cookie": filled.staff_cookie})
    with urllib.request.urlopen(request, timeout=20) as answer:
        page = answer.read().decode()
        cookies = [value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie") or []]
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the counter's page holds no form")
    return "; ".join([filled.staff_cookie, *cookies]), found.group(1)


def _one_round(
    number: int, yardstick: Web, hello: Ask, hellos: list[Burst], sides: list[Side], seconds: int
) -> None:
    """Ask everybody once; round 0 warms up and is not counted, save for its stamps."""
    kept = [burst(yardstick, hello, seconds=seconds)]
    if number:
        hellos += kept
    for name in ("card", "stamp"):
        for side in sides:
            tag = f"bench-{number}"
            got = burst(side.web, side.asks[name], seconds=seconds, tag=tag)
            side.bursts.setdefault(name if number else f"warm {name}", []).append(got)
    print(f"round {number}: hello {kept[0].cpu_us:.0f} µs", flush=True)


def _ratios(name: str, hellos: list[Burst], sides: list[Side]) -> list[Row]:
    what = {"card": "customer's card page ÷ hello, CPU", "stamp": "stamp ÷ hello, CPU"}[name]
    rows = []
    for side, must in zip(sides, MUST[name], strict=True):
        bursts = side.bursts[name]
        ratio = statistics.median(h.cpu_us / b.cpu_us for h, b in zip(hellos, bursts, strict=True))
        each = statistics.median(b.cpu_us for b in bursts)
        rate = statistics.median(b.a_second for b in bursts)
        note = f"{each:,.0f} µs CPU each; {rate:,.0f}/s, {statistics.median(b.p50_ms for b in bursts):.0f} ms median"
        rows.append(Row(f"{what}, {_NAMES[side.kind]}", ratio, must=must, note=note))
    return rows


def _stamp_rows(sides: list[Side]) -> list[Row]:
    bursts = sides[0].bursts["stamp"]
    spread = statistics.median(b.p99_ms / b.p50_ms for b in bursts)
    note = f"p99 {statistics.median(b.p99_ms for b in bursts):.0f} ms, 32 clients"
    return [Row("stamp p99 ÷ p50, SQLite", spread, must=P99_MUST, most=True, note=note)]


def _list_row(side: Side) -> Row:
    """Compare the first page of the people list with one far down, asked in turns."""
    first, far = "/owner/people", f"/owner/people?after={side.filled.middle_page}"
    spent: dict[str, list[float]] = {first: [], far: []}
    for _ in range(12):
        for path in spent:
            before = side.web.cpu_seconds()
            for _ in range(10):
                request = urllib.request.Request(
                    side.web.url + path, headers={"Cookie": side.filled.staff_cookie}
                )
                with urllib.request.urlopen(request, timeout=20) as answer:
                    if "손님" not in answer.read().decode():
                        raise RuntimeError("the list shows nobody")
            spent[path].append(side.web.cpu_seconds() - before)
    ratio = sum(spent[far]) / sum(spent[first])
    return Row(
        f"people list, far page ÷ first page, CPU, {_NAMES[side.kind]}", ratio, must=LIST_MUST, most=True
    )


def _sums_row(side: Side) -> Row:
    """Compare what the clients were told with what the database holds."""
    told = sum(b.good for name in ("stamp", "warm stamp") for b in side.bursts[name])
    failed = sum(b.bad for name in ("stamp", "warm stamp") for b in side.bursts[name])
    landed, wrong = data.check_sums(side.filled.env)
    # Requests that were under way when a burst ended may have landed without being counted.
    lost = max(told - landed, 0)
    note = f"{told:,} confirmed, {landed:,} in the ledger, {wrong} cards whose balance is not their sum"
    return Row(
        f"failed or lost stamps, 32 clients, 2 processes, {_NAMES[side.kind]}",
        failed + lost + wrong,
        must=0,
        most=True,
        note=note,
    )
