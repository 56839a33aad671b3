"""`make bench`: measure everything, write bench/results.md and print what falls short."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench import (
    browser,
    dashboard,
    groups,
    imports,
    letters,
    lists,
    pages,
    report,
    reviews,
    rhythm,
    starting,
    till,
    warranties,
)
from bench.load import WrongAnswer
from bench.report import Row
from bench.servers import gunicorn
from launch import debian
from launch.refusal import CannotRun

PARTS = (
    "pages",
    "till",
    "lists",
    "start",
    "browser",
    "letters",
    "rhythm",
    "groups",
    "dashboard",
    "imports",
    "reviews",
    "warranties",
)


def main() -> int:
    """Run the parts that were asked for; 0 unless something could not be measured at all."""
    asked = _arguments()
    try:
        _provide()
        with tempfile.TemporaryDirectory(prefix="dangol-bench-") as made:
            rows = _measure(Path(made), asked)
    except CannotRun as refusal:
        print("\n".join(refusal.sentences), file=sys.stderr)
        return 2
    except WrongAnswer as wrong:
        print(f"What was measured is not what should be: {wrong}", file=sys.stderr)
        return 1
    if set(asked.only) == set(PARTS) and not asked.dry:
        report.write(rows, _how(asked))
    print()
    report.show(rows)
    return 0


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reader.add_argument("--full", action="store_true", help="100,000 customers and 1,000,000 stamps")
    reader.add_argument("--customers", type=int, default=20_000)
    reader.add_argument("--ledger", type=int, default=200_000, help="stamps, divided equally among the cards")
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--seconds", type=int, default=3, help="length of one burst")
    reader.add_argument(
        "--install", action="store_true", help="also measure a first start that makes its .venv"
    )
    reader.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    reader.add_argument(
        "--only",
        nargs="+",
        type=_parts,
        default=[list(PARTS)],
        help=f"some parts, printed only: {' '.join(PARTS)}",
    )
    asked = reader.parse_args()
    asked.only = [part for parts in asked.only for part in parts]
    if asked.full:
        asked.customers, asked.ledger = 100_000, 1_000_000
    return asked


def _parts(typed: str) -> list[str]:
    """Read one part, or several with commas between. Raises argparse.ArgumentTypeError for one there is none of."""
    parts = [part for part in typed.split(",") if part]
    for part in parts:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(f"there is no part {part!r}, only {', '.join(PARTS)}")
    return parts


def _provide() -> None:
    """Refuse at once, in one line, when a program is missing. Raises CannotRun."""
    debian.provide()
    if shutil.which("wrk") is None:
        raise CannotRun("The load is made by wrk. Run: sudo apt-get install wrk")


def _measure(folder: Path, asked: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    if "pages" in asked.only:
        size = {"customers": asked.customers, "ledger": asked.ledger}
        rows += pages.measure(folder / "pages", **size, rounds=asked.rounds, seconds=asked.seconds)
    if "till" in asked.only:
        print("standing at the till", flush=True)
        rows += till.measure(folder / "till", customers=asked.customers, ledger=asked.ledger)
    if "lists" in asked.only:
        print("looking people up", flush=True)
        rows += lists.measure(folder / "lists", customers=asked.customers)
    if "start" in asked.only:
        print("starting and stopping the product", flush=True)
        rows += starting.measure(folder / "start", with_install=asked.install)
    if "browser" in asked.only:
        print("loading pages in a browser", flush=True)
        rows += _in_a_browser(folder / "browser")
    if "letters" in asked.only:
        print("draining messages", flush=True)
        rows += letters.measure(folder / "letters")
    if "rhythm" in asked.only:
        print("letting a night pass", flush=True)
        rows += rhythm.measure(folder / "rhythm", customers=asked.customers, ledger=asked.ledger)
    if "imports" in asked.only:
        print("taking in a file of 100,000 orders", flush=True)
        rows += imports.measure(folder / "imports")
    if "reviews" in asked.only:
        print("reading ten thousand reviews", flush=True)
        rows += reviews.measure(folder / "reviews")
    if "warranties" in asked.only:
        print("finding a certificate among 100,000", flush=True)
        rows += warranties.measure(folder / "warranties", customers=asked.customers)
    if "groups" in asked.only:
        print("asking for groups", flush=True)
        rows += groups.measure(folder / "groups", customers=asked.customers, ledger=asked.ledger)
    if "dashboard" in asked.only:
        print("opening the owner's pages over a long history", flush=True)
        visits = asked.ledger * 10  # a tenth of it is the million that the goals speak of
        size = {"customers": asked.customers, "visits": visits}
        rows += dashboard.measure(folder / "dashboard", **size, rounds=asked.rounds)
    return rows


def _in_a_browser(folder: Path) -> list[Row]:
    from bench import data

    filled = data.fill(folder / "data", customers=300, ledger=2_100)
    card = data.browser(7)
    with gunicorn("wsgi:app", **filled.env) as web:
        code = filled.shop_code
        shown = {
            "card": (f"/c/{code}", f"__Host-card={card}"),
            "join page": (f"/s/{code}", ""),
            "owner's home": ("/owner", filled.staff_cookie),
            "scan page": ("/owner/stamps", filled.staff_cookie),
        }
        rows = browser.first_loads(web, shown)
        return rows + browser.lighthouse(web, f"/c/{code}", f"__Host-card={card}", folder / "lighthouse")


def _how(asked: argparse.Namespace) -> list[str]:
    return [
        f"{asked.customers:,} customers, {asked.ledger:,} stamps; {asked.rounds} interleaved rounds of {asked.seconds} s after"
        " one to warm up; medians of the rounds' own ratios",
        "hello: one bare Flask route under the same gunicorn (gthread, 2 × 8, preloaded); wrk, 32 connections",
        "CPU: user and system time of the web processes for one request, as a ratio hello ÷ page; PostgreSQL's own"
        " processes are not in it",
        "card page: cookie → device, card, rewards, claim, unread letters; stamp: owner's session, CSRF, ledger, visit,"
        " day's sums, letters, and the person's panel in the answer; every answer is read and must hold the right words",
        "SQLite runs with synchronous=FULL; the PostgreSQL of the bench runs without fsync, which does not change its CPU rows",
        "till: the owner's page in Chromium on this machine, its own scripts, from the read QR or the tap until the person's panel is painted;"
        " everything on: everybody stands in a tier and holds three coupons and points",
        "list: the read of 손님 with all its statements, among as many customers with drawn Korean names",
        "first loads: Chromium with an empty cache, each answer compressed as a proxy in front would (gzip 6)",
    ]


if __name__ == "__main__":
    sys.exit(main())
