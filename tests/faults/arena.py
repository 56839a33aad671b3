"""Real processes, killed at random, and what their traces on disk say afterwards.

worker-0, worker-1 (its clock an hour ahead) and web (gunicorn) are killed; the line of customers in front of the
counter and the carrier behind the workers keep the books.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.cards.models import Card, CardRule, LedgerEntry
from app.extensions import db
from app.flows.unit import write
from app.kit.clock import KST
from app.messages.models import Automation, Message
from launch.testbed import ValkeyServer
from tests import factories, world

ROOT = Path(__file__).resolve().parents[2]
OPEN_STATES = ("ready", "claimed", "sending")


def shift_to_daytime() -> int:
    """Return the seconds that bring the real clock to the next one o'clock in the afternoon in Korea."""
    now = datetime.now(UTC)
    noon = now.astimezone(KST).replace(hour=13, minute=0, second=0, microsecond=0)
    return int((noon + timedelta(days=1) - now).total_seconds())


@dataclass
class Verdict:
    """What a run left behind."""

    kills: int
    letters: int
    accepted: int
    doubles: int  # keys the provider took in more than once
    lost: int  # rows that say "sent" and are not in the provider's log
    hidden: int  # in the provider's log, but the row says it never went out
    states: Counter[str]
    unexplained: int  # rows that did not go out and do not say why
    acked: int
    acked_lost: int
    acked_doubled: int
    balances_wrong: int
    seconds: float


@dataclass
class Arena:
    """One shop, its people, a carrier, workers and web processes."""

    folder: Path
    database_url: str
    valkey: ValkeyServer | None
    seed: int
    share: float = 0.15
    people: int = 60
    kills: int = 0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    cards: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.shift = shift_to_daytime()
        self.began = time.monotonic()
        self.provider_log = self.folder / "provider.log"
        self.acked_log = self.folder / "acked.log"
        self.port = _free_port()
        self._secrets()
        self._start_provider()
        self.app = self._build()

    def _secrets(self) -> None:
        secrets = self.folder / "secrets"
        secrets.mkdir(mode=0o700)
        for number, name in enumerate(("secret.key", "master.key"), 1):
            (secrets / name).write_text(f"{number:02d}" * 32)
            (secrets / name).chmod(0o600)

    def env(self, shift: int = 0) -> dict[str, str]:
        """Return the settings every process of the arena gets."""
        return {
            "PATH": os.environ["PATH"],
            "DATA": str(self.folder),
            "PORT": str(self.port),
            "WEB_PROCESSES": "1",
            "APP_ENV": "test",
            "DEMO": "0",
            "CLOCK_SHIFT": str(self.shift + shift),
            "DATABASE_URL": self.database_url,
            "DEMO_PHONE_URL": self.provider_url,
            "PYTHONPATH": str(ROOT),
            **({"REDIS_URL": self.valkey.url} if self.valkey else {}),
        }

    def _start_provider(self) -> None:
        arguments = [str(self.provider_log), str(self.seed), str(self.share)]
        self.provider = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.provider", *arguments], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self.provider.stdout is not None
        self.provider_url = f"http://127.0.0.1:{int(self.provider.stdout.readline())}"

    def _build(self) -> Flask:
        from app import create_app
        from config import load_config

        app = create_app(load_config(self.env()))
        world.migrate(app)
        with app.app_context():
            shop = factories.a_shop("달빛커피")
            self.session_token = factories.a_session(shop, shop.owner_id)
            with write() as session:
                row = factories.the_shop(shop)
                row.is_demo = True
                session.execute(
                    CardRule.__table__.update().values(daily_cap=0, cooldown_s=0, hard_window_s=0)
                )
                session.add(
                    Automation(
                        shop_id=shop.id,
                        kind="thank_you",
                        is_on=True,
                        text="",
                        delay_minutes=0,
                        changed_at=app.config["CLOCK"](),
                    )
                )
            for number in range(self.people):
                person = factories.a_customer(
                    shop, name=f"손님{number}", phone=factories.a_number(), agrees="all"
                )
                self.cards.append(person.card_id)
            db.session.remove()
        return app

    def start(self, name: str) -> None:
        """Start worker-0, worker-1 (its clock an hour ahead), web, or the line of customers."""
        module = {"web": ["gunicorn", "wsgi:app"], "line": ["tests.faults.customer_line"]}.get(
            name, ["tests.faults.quick_worker"]
        )
        if name == "line":
            module += [str(self.acked_log), str(self.port), self.session_token]
            module += map(str, self.dice.sample(self.cards, len(self.cards)))
        output = (self.folder / f"{name}.log").open("ab")
        shift = 3600 if name == "worker-1" else 0
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=self.env(shift),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        output.close()

    def kill(self, name: str) -> None:
        """Kill -9 the process with all its children and start it anew."""
        process = self.running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills += 1
        self.start(name)

    def end(self, name: str) -> None:
        """End one process for good."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def pause(self, name: str, seconds: float) -> None:
        """Freeze a process past its lease and let it go on (F25)."""
        process = self.running[name]
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def settle(self, seconds: float) -> None:
        """Let the provider behave and wait until nothing is open any more."""
        Path(f"{self.provider_log}.calm").touch()
        until = time.monotonic() + seconds
        with self.app.app_context():
            while time.monotonic() < until:
                db.session.rollback()
                waiting = db.session.scalar(
                    select(func.count()).where(Message.state.in_((*OPEN_STATES, "unknown")))
                )
                if not waiting:
                    break
                time.sleep(0.3)
            db.session.remove()

    def stop(self) -> None:
        """End everything that was started here."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.provider.kill()
        self.provider.wait()
        assert self.provider.stdout is not None
        self.provider.stdout.close()
        world.close(self.app)

    def verdict(self) -> Verdict:
        """Compare the rows with the provider's log and the ledger with what was acknowledged."""
        taken = Counter(json.loads(line)["key"] for line in _lines(self.provider_log))
        with self.app.app_context():
            letters = db.session.execute(
                select(Message.provider_key, Message.state, Message.reason).where(
                    Message.channel == "demo_phone"
                )
            ).all()
            states = Counter(row.state for row in db.session.execute(select(Message.state)))
            found = _ledger(db.session)
            db.session.remove()
        acked = [line.strip() for line in _lines(self.acked_log)]
        return Verdict(
            kills=self.kills,
            letters=len(letters),
            accepted=len(taken),
            doubles=sum(count > 1 for count in taken.values()),
            lost=sum(row.state == "sent" and not taken[row.provider_key] for row in letters),
            hidden=sum(
                row.state not in ("sent", "unknown") and bool(taken[row.provider_key]) for row in letters
            ),
            states=states,
            unexplained=sum(row.state != "sent" and not row.reason for row in letters),
            acked=len(acked),
            acked_lost=sum(found["once"][key] == 0 for key in acked),
            acked_doubled=sum(found["once"][key] > 1 for key in acked),
            balances_wrong=found["wrong"],
            seconds=time.monotonic() - self.began,
        )


def _ledger(session: Any) -> dict[str, Any]:
    once = Counter(session.scalars(select(LedgerEntry.once).where(LedgerEntry.kind == "earn")))
    total = func.coalesce(func.sum(LedgerEntry.delta), 0)
    wrong = session.scalars(
        select(Card.id)
        .outerjoin(LedgerEntry, LedgerEntry.card_id == Card.id)
        .group_by(Card.id, Card.balance)
        .having(Card.balance != total)
    ).all()
    return {"once": once, "wrong": len(wrong)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
