"""One burst of requests by wrk, with every answer read and the server's processor time counted."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import Web

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 32


@dataclass(frozen=True)
class Ask:
    """What is asked of a server: see load.lua for the fields."""

    mode: str
    path: str
    lines: Path
    marker: str
    status: int = 200
    cookie: str = ""
    csrf: str = ""


@dataclass(frozen=True)
class Burst:
    """What one burst gave. CPU in microseconds per request, latency in milliseconds."""

    good: int
    bad: int
    cpu_us: float
    a_second: float
    p50_ms: float
    p99_ms: float


class WrongAnswer(Exception):
    """A server answered something else than what is being measured."""


def burst(web: Web, ask: Ask, *, seconds: int, tag: str = "") -> Burst:
    """Ask for so many seconds over 32 connections. Raises WrongAnswer when more than the odd answer is wrong."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT)]
    details = [ask.mode, str(ask.lines), ask.marker, str(ask.status), ask.cookie, ask.csrf, tag]
    before = web.cpu_seconds()
    done = subprocess.run(
        [*command, f"{web.url}{ask.path}", "--", *details], capture_output=True, text=True, check=False
    )
    # One request a connection is still under way when wrk leaves; its work is counted and so is it.
    used = web.cpu_seconds_at_rest() - before
    if done.returncode:
        raise WrongAnswer(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    said = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    if not said["good"] or said["bad"] + said["errors"] > said["good"] / 200:
        raise WrongAnswer(
            f"{ask.path}: {said['bad']} wrong, {said['errors']} broken of {said['good']}: {said['first_bad']}"
        )
    asked = said["good"] + said["bad"]
    return Burst(
        good=said["good"],
        bad=said["bad"] + said["errors"],
        cpu_us=used / said["sent"] * 1e6,
        a_second=asked / said["seconds"],
        p50_ms=said["p50_ms"],
        p99_ms=said["p99_ms"],
    )
