"""An arena with two more shops, whose ads travel by SOLAPI, NHN or web push before a provider that fails on purpose.

One of them has money for a few texts only. Phases: by day, then over the evening's end, when no ad may go any more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.kit.clock import KST
from app.messages import accounts
from app.messages.models import Message
from config import VAPID_PRIVATE_FILE, VAPID_PUBLIC_FILE
from launch.keys import write_private
from launch.provider_bench.journal import lines_of
from tests import factories
from tests.factories import AShop
from tests.faults import paying_shops, points
from tests.faults.arena import ROOT, Arena
from tests.faults.guarded import Guarded
from tests.faults.paid_verdict import PaidVerdict, Traces, judged
from tests.messages import push_service
from tests.provider.bench import SECRET

BUDGET_WON = 1_000_000
# Eight long texts, and something that is too little for the ninth.
LITTLE_WON = 430
# Between the two workers' clocks, of which one is an hour ahead: a look-up asks from twenty minutes before its own
# note of the first try.
AHEAD_S = 45 * 60
BEFORE_NIGHT_S = 30
_LITTLE = 5  # people of the two shops that send nothing here


@dataclass
class PayingArena(Arena):
    """The arena with two more shops, their people and their provider."""

    way: str = "solapi"
    pace_s: float = 0.8
    at_points: Counter[str] = field(default_factory=Counter)
    night_at: float = float("inf")  # time.time() from which no clock shows the daytime any more

    def _build(self) -> Flask:
        self.shifts = [self.shift + AHEAD_S]
        self.bench_log = self.folder / "bench.log"
        arguments: list[object] = [self.bench_log, self.seed, self.share]
        module = "tests.faults.push_service" if self.way == "web_push" else "tests.provider"
        if self.way == "web_push":
            self._push_keys()
        else:
            arguments.append(self.shifts[0])
        self.bench = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self.bench.stdout is not None
        self.bench_url = f"http://127.0.0.1:{int(self.bench.stdout.readline())}"
        many, self.people = self.people, _LITTLE
        app = super()._build()
        self.people = many
        with app.app_context():
            self._open_shops(app)
            db.session.remove()
        return app

    def _push_keys(self) -> None:
        private, public = push_service.keys()
        write_private(self.folder / "secrets" / VAPID_PRIVATE_FILE, private.encode())
        write_private(self.folder / "secrets" / VAPID_PUBLIC_FILE, public.encode())

    def env(self, shift: int = 0) -> dict[str, str]:
        """Return the settings every process of the arena gets."""
        where = {"SOLAPI_URL": self.bench_url, "NHN_URL": self.bench_url, "PUSH_ORIGIN": self.bench_url}
        return {**super().env(shift), **where}

    def _open_shops(self, app: Flask) -> None:
        self.shop = paying_shops.a_shop(app, "콩이네", way=self.way, month_won=BUDGET_WON)
        little = paying_shops.a_shop(app, "봄날분식", way=self.way, month_won=LITTLE_WON)
        self.tokens["paid-line"] = factories.a_session(self.shop, self.shop.owner_id)
        how = {"way": self.way, "push_origin": self.bench_url}
        self.paid_cards = [
            person.card_id for person in paying_shops.people_of(app, self.shop, self.people, **how)
        ]
        each = self.people // 3
        more = paying_shops.people_of(app, self.shop, 2 * each, **how)
        poor = paying_shops.people_of(app, little, each, **how)
        self.guarded = Guarded(self.way, iter(more[:each]), iter(more[each:]), iter(poor), self.dice)
        if self.way != "web_push":
            self._tell_the_console(self.shop)

    def _tell_the_console(self, shop: AShop) -> None:
        """Type into the provider's console what the owner is shown: where reports go, and what proves them."""
        account = accounts.account(db.session, shop_id=shop.id, provider=self.way)
        assert account is not None
        hook = f"http://127.0.0.1:{self.port}/hooks/{self.way}/{paying_shops.hook_of(shop.id)}"
        which = {"solapi": "solapi", "nhn": "nhn_sms"}[self.way]
        form = urlencode({"provider": which, "url": hook, "secret": account.keys["hook"]}).encode()
        urllib.request.urlopen(f"{self.bench_url}/bench/{SECRET}/hooks", data=form, timeout=10).close()

    def cards_of(self, line: str) -> list[int]:
        """Return the cards a line of people stands for."""
        return self.paid_cards if line == "paid-line" else super().cards_of(line)

    def press(self) -> None:
        """Plan ads that must not go, among those that may."""
        with self.app.app_context():
            self.guarded.press(self.now())

    def kill_at(self, name: str, point: str, seconds: float) -> None:
        """Let a worker die at a labelled point; where it does not come by in time, wherever it is then."""
        paper = points.order(self.folder, name, point, "kill")
        try:
            self.running[name].wait(seconds)
        except subprocess.TimeoutExpired:
            paper.unlink(missing_ok=True)
            self.kill(name)
            return
        self.at_points[point] += 1
        self.kills += 1
        self.start(name)

    def stop_at(self, name: str, point: str, seconds: float) -> bool:
        """Let a worker stand still at a labelled point; False when it did not come by in time."""
        paper, until = points.order(self.folder, name, point, "stop"), time.monotonic() + seconds
        while time.monotonic() < until:
            if not paper.exists():
                self.at_points[point] += 1
                return True
            time.sleep(0.02)
        paper.unlink(missing_ok=True)
        return False

    def stop_in_a_call(self, name: str, seconds: float) -> bool:
        """Let a worker stand still in a call that was taken in and is not answered; False when none came in time."""
        self._bench({"fault": "hang_after", "times": 2})
        begun, before = points.order(self.folder, name, "begun", "tell"), self._log_size()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if begun.exists():
                before = self._log_size()
            elif self._log_size() > before:
                os.kill(self.running[name].pid, signal.SIGSTOP)
                self.at_points["mid-call"] += 1
                return True
            time.sleep(0.01)
        begun.unlink(missing_ok=True)
        return False

    def go_on(self, name: str) -> None:
        """Let a worker that stood still go on."""
        os.kill(self.running[name].pid, signal.SIGCONT)

    def fall_of_night(self) -> None:
        """Start everybody anew half a minute before the daytime ends on the slower worker's clock."""
        local = self.now().astimezone(KST)
        evening = local.replace(hour=20, minute=50, second=0, microsecond=0) - timedelta(
            seconds=BEFORE_NIGHT_S
        )
        self.shift += int((evening - local).total_seconds())
        self.night_at = time.time() + BEFORE_NIGHT_S + 1
        self.shifts.append(self.shift + AHEAD_S)
        beside = Path(f"{self.bench_log}.shift.new")
        beside.write_text(str(self.shifts[-1]))
        beside.rename(f"{self.bench_log}.shift")
        for name in ("web", "worker-0", "worker-1"):
            self.end(name)
            self.start(name)

    def wait_until_sending(self, seconds: float) -> bool:
        """Wait until one more was taken in, so long at most: a kill is to come in the middle of the work."""
        before, until = self._log_size(), time.monotonic() + seconds
        while time.monotonic() < until:
            if self._log_size() > before:
                return True
            time.sleep(0.05)
        return False

    def _log_size(self) -> int:
        return self.bench_log.stat().st_size if self.bench_log.exists() else 0

    def settle(self, seconds: float) -> None:
        """Let the provider behave as well, and its last reports come."""
        Path(f"{self.bench_log}.calm").touch()
        super().settle(seconds)
        if self.way != "web_push":
            self._wait_for_reports(20)

    def _wait_for_reports(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        waiting = select(func.count()).where(
            Message.shop_id == self.shop.id, Message.channel == self.way, Message.state == "sent"
        )
        with self.app.app_context():
            while time.monotonic() < until:
                db.session.rollback()
                if not db.session.scalar(waiting):
                    break
                time.sleep(0.5)
            db.session.remove()

    def _faults(self) -> int:
        if self.way == "web_push":
            return len(list(lines_of(Path(f"{self.bench_log}.played"))))
        return len(self._bench({"share": 0})["played"])

    def _bench(self, wanted: dict[str, object]) -> dict[str, Any]:
        """Turn a switch of the bench (tests/provider/bench.py)."""
        where = f"{self.bench_url}/bench/{SECRET}/faults"
        call = urllib.request.Request(where, data=json.dumps(wanted).encode())
        with urllib.request.urlopen(call, timeout=10) as answered:
            found: dict[str, Any] = json.loads(answered.read())
            return found

    def stop(self) -> None:
        """End the bench with everything else."""
        super().stop()
        self.bench.kill()
        self.bench.wait()
        assert self.bench.stdout is not None
        self.bench.stdout.close()

    def paid_verdict(self) -> PaidVerdict:
        """Compare the rows with the bench's log."""
        shifts = [0.0] if self.way == "web_push" else [float(shift) for shift in self.shifts]
        traces = Traces(self.bench_log, shifts, self.guarded.refused_at, self.night_at, self._faults())
        with self.app.app_context():
            return judged(self.way, traces, budgets=(BUDGET_WON, LITTLE_WON), is_due=self._is_due())
