"""How long `make run` takes until it prints its links, and how much memory all of it holds at rest."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench.report import Row
from bench.servers import clean_env, free_port, pss_mb
from config import ROOT
from launch import kinship

REST_SECONDS = 15.0
LATER_STARTS = 5


def measure(folder: Path, *, with_install: bool) -> list[Row]:
    """Start the product on an empty folder, rest, stop, and start it again a few times."""
    folder.mkdir(parents=True)
    rows = []
    make = ["make", "--no-print-directory", f"PYTHON={sys.executable}", "run"]
    if with_install and shutil.which("make"):
        seconds, _ = _start([*make, f"VENV={folder / 'venv'}"], folder / "with-install")
        rows.append(
            Row("first start, with .venv from a warm package cache", seconds, " s", must=90, most=True)
        )
    else:
        rows.append(
            Row(
                "first start, with .venv from a warm package cache",
                None,
                note="ask for it: make bench ARGS=--install",
            )
        )
    run = [sys.executable, "-m", "launch.run"]
    first, sizes = _start(run, folder / "data", rest=REST_SECONDS)
    rows.append(Row("first start, .venv there, demo shop made", first, " s"))
    later = [_start(run, folder / "data")[0] for _ in range(LATER_STARTS)]
    rows.append(
        Row(
            "later start", statistics.median(later), " s", must=5, most=True, note=f"median of {LATER_STARTS}"
        )
    )
    note = f"{len(sizes)} processes, {REST_SECONDS:.0f} s after the start"
    rows.append(Row("memory at rest, sum of PSS", sum(sizes.values()), " MB", must=450, most=True, note=note))
    return rows


def _start(command: list[str], data: Path, *, rest: float = 0) -> tuple[float, dict[str, float]]:
    """Start, wait for the customer's link and its page; returns the seconds and, after `rest`, the PSS."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_env(DATA=str(data), PORT=str(port), DEMO="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # A group of its own, so that it can be stopped as Ctrl-C would: everybody hears it at once.
        start_new_session=True,
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
    )
    try:
        assert process.stdout is not None
        link = next((line for line in process.stdout if line.startswith("customer")), None)
        seconds = time.perf_counter() - began
        if link is None:
            raise RuntimeError("the product did not start; run `make run` to see why")
        with urllib.request.urlopen(link.split()[1], timeout=20) as answer:
            if "달빛커피" not in answer.read().decode():
                raise RuntimeError("the join page is not the demo shop's")
        if not rest:
            return seconds, {}
        time.sleep(rest)
        return seconds, pss_mb(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
