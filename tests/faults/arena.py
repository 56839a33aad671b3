"""Real processes, killed at random, and what their traces on disk say afterwards.

worker-0, worker-1 (its clock an hour ahead) and web (gunicorn) are killed; the lines of customers in front of two
counters, the carrier and the mail server behind the workers, and the owner with the by-hand queue keep the books.
The demo shop's letters go to the carrier; the real shop's by e-mail to every second person, by hand to the others.
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
from sqlalchemy import func, or_, select

from app.cards.models import CardRule
from app.customers import actions as people
from app.customers.actions import Trace
from app.customers.models import Customer
from app.extensions import db
from app.flows.unit import write
from app.kit.clock import KST
from app.messages.hand_rules import MOST_A_DAY
from app.messages.models import Automation, Message
from app.messages.way_models import MessageSettings
from app.shops.models import Shop
from launch.testbed import ValkeyServer
from tests import factories, world
from tests.faults import arena_books
from tests.faults.nursery import Born, Nursery
from tests.launch.product import free_port

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
    mails: int  # of these, taken by the mail server
    by_hand: int  # the owner was told "noted" for so many letters
    doubles: int  # keys the carrier or the mail server took in more than once
    lost: int  # rows that say "sent" and are in nobody's log
    hidden: int  # in a log, but the row says it never went out
    hand_wrong: int  # by-hand letters not confirmed, counted or attempted exactly once, or noted and not sent
    cards_wrong: int  # stamps without exactly one letter on the card
    faults: int  # mails after which the server fell silent or spoke nonsense
    states: Counter[str]
    unknown_elsewhere: int  # unclear, though its provider can be asked
    unexplained: int  # rows that did not go out and do not say why
    acked: int
    acked_lost: int
    acked_doubled: int
    balances_wrong: int
    seconds: float


@dataclass
class Arena:
    """One shop in an empty, migrated database, its people, a carrier, workers and web processes."""

    folder: Path
    database_url: str
    valkey: ValkeyServer | None
    seed: int
    share: float = 0.15
    people: int = 60
    pace_s: float = 0.1  # between two stamps of one line
    kills: int = 0
    running: dict[str, subprocess.Popen[bytes] | Born] = field(default_factory=dict)
    cards: list[int] = field(default_factory=list)
    real_cards: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.shift = shift_to_daytime()
        self.began = time.monotonic()
        self.provider_log = self.folder / "provider.log"
        self.mail_log = self.folder / "mail.log"
        self.acked_log = self.folder / "acked.log"
        self.hand_log = self.folder / "hand.log"
        self.port = free_port()
        self._secrets()
        self.provider, where = self._start_server("provider", self.provider_log)
        self.provider_url = f"http://127.0.0.1:{where}"
        self.mail_server, where = self._start_server("mail_server", self.mail_log)
        self.smtp_url = f"smtp://127.0.0.1:{where}"
        self.nursery = Nursery()
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
            "PUBLIC_URL": "https://dangol.test",
            "SMTP_URL": self.smtp_url,
            "MAIL_FROM": "card@dangol.test",
            "PYTHONPATH": str(ROOT),
            "PACE_S": str(self.pace_s),
            **({"REDIS_URL": self.valkey.url} if self.valkey else {}),
        }

    def _start_server(self, module: str, log: Path) -> tuple[subprocess.Popen[bytes], int]:
        """Start the carrier or the mail server; returns it and its port."""
        arguments = [str(log), str(self.seed), str(self.share)]
        server = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{module}", *arguments], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert server.stdout is not None
        return server, int(server.stdout.readline())

    def _build(self) -> Flask:
        from app import create_app
        from config import load_config

        app = create_app(load_config(self.env()))
        with app.app_context():
            demo, real = factories.a_shop("달빛커피"), factories.a_shop("한빛미용실")
            self.tokens = {"line": factories.a_session(demo, demo.owner_id)}
            self.tokens["owner"] = self.tokens["real-line"] = factories.a_session(real, real.owner_id)
            with write() as session:
                session.get_one(Shop, demo.id).is_demo = True
                session.get_one(Shop, real.id).address = "서울 마포구 달빛로 1"
                session.execute(
                    CardRule.__table__.update().values(daily_cap=0, cooldown_s=0, hard_window_s=0)
                )
                # More come in these minutes than an owner sends by hand on a day.
                session.add(
                    MessageSettings(shop_id=real.id, hand_most=MOST_A_DAY, changed_at=app.config["CLOCK"]())
                )
                for shop in (demo, real):
                    session.add(_thanks_at_once(shop.id, app.config["CLOCK"]()))
            for shop, cards in ((demo, self.cards), (real, self.real_cards)):
                for number in range(self.people):
                    person = factories.a_customer(
                        shop, name=f"손님{number}", phone=factories.a_number(), agrees="all"
                    )
                    cards.append(person.card_id)
                    if shop is real and number % 2:
                        _confirm_mail(person.id, app.config["CLOCK"]())
            db.session.remove()
        return app

    def start(self, name: str) -> None:
        """Start worker-0, worker-1 (its clock an hour ahead), web, a line of customers, or the owner."""
        module = ["gunicorn", "wsgi:app"]
        if name.startswith("worker"):
            env = {**self.env(3600 if name == "worker-1" else 0), "WORKER": name}
            self.running[name] = self.nursery.bear(env, self.folder / f"{name}.log")
            return
        if name.endswith("line"):
            cards = self.cards_of(name)
            module = ["tests.faults.customer_line", str(self.acked_log), str(self.port), self.tokens[name]]
            module += map(str, self.dice.sample(cards, len(cards)))
        elif name == "owner":
            module = ["tests.faults.owner_hand", str(self.hand_log), str(self.port), self.tokens[name]]
            module.append(str(self.seed))
        output = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=self.env(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        output.close()

    def cards_of(self, line: str) -> list[int]:
        """Return the cards a line of people stands for."""
        return self.cards if line == "line" else self.real_cards

    def kill(self, name: str) -> None:
        """Kill -9 the process with all its children and start it anew."""
        _slay(self.running[name])
        self.kills += 1
        self.start(name)

    def end(self, name: str) -> None:
        """End one process for good."""
        _slay(self.running.pop(name))

    def pause(self, name: str, seconds: float) -> None:
        """Freeze a process past its lease and let it go on (F25)."""
        process = self.running[name]
        process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    def wait_until_open(self, seconds: float) -> None:
        """Wait until the web answers, so long at most: a line may stand before a shut counter as well."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)

    def wait_until_busy(self, seconds: float) -> bool:
        """Wait until carrier or mail server took one more in, so long at most: a kill is to come in the work's middle."""
        until, before = time.monotonic() + seconds, self._sizes()
        while time.monotonic() < until and self._sizes() == before:
            time.sleep(0.05)
        return self._sizes() != before

    def _sizes(self) -> list[int]:
        return [log.stat().st_size for log in (self.provider_log, self.mail_log) if log.exists()]

    def wait_until_used(self, seconds: float) -> None:
        """Let the lines go on until every way out has carried something: a few kills may end before that."""
        until = time.monotonic() + seconds
        logs = (self.provider_log, self.mail_log, self.hand_log, self.acked_log)
        while time.monotonic() < until and not all(_lines(log) for log in logs):
            time.sleep(0.3)

    def settle(self, seconds: float) -> None:
        """Let everybody behave and wait until nothing is open that can still become clear."""
        for log in (self.provider_log, self.mail_log):
            Path(f"{log}.calm").touch()
        open_still = or_(
            Message.state.in_(OPEN_STATES) & self._is_due(),
            (Message.state == "unknown") & (Message.channel != "email"),
        )
        until = time.monotonic() + seconds
        with self.app.app_context():
            while time.monotonic() < until:
                db.session.rollback()
                waiting = db.session.scalar(select(func.count()).where(open_still))
                if not waiting:
                    break
                time.sleep(0.3)
            db.session.remove()

    def _is_due(self) -> Any:
        """Asking for a review waits for tomorrow; the fastest of our clocks is an hour ahead."""
        return (Message.due_at < self.now() + timedelta(hours=2)) | (Message.state != "ready")

    def now(self) -> datetime:
        """Return what the slowest clock of the arena shows."""
        return datetime.now(UTC) + timedelta(seconds=self.shift)

    def stop(self) -> None:
        """End everything that was started here."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                _slay(process)
        self.nursery.close()
        for server in (self.provider, self.mail_server):
            server.kill()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()
        world.close(self.app)

    def verdict(self) -> Verdict:
        """Compare the rows with what the carrier, the mail server and the owner noted, and the ledger with what
        was acknowledged."""
        mail_lines = [json.loads(line) for line in _lines(self.mail_log)]
        by_mail = Counter(line["key"] for line in mail_lines if "key" in line)
        taken = Counter(json.loads(line)["key"] for line in _lines(self.provider_log)) + by_mail
        noted = {int(line) for line in _lines(self.hand_log)}
        with self.app.app_context():
            letters = db.session.execute(
                select(Message.channel, Message.provider_key, Message.state, Message.reason).where(
                    Message.channel.in_(("demo_phone", "email")), self._is_due()
                )
            ).all()
            states = Counter(
                row.state for row in db.session.execute(select(Message.state).where(self._is_due()))
            )
            hand_wrong = arena_books.hand_wrong(db.session, noted)
            cards_wrong = arena_books.cards_wrong(db.session)
            found = arena_books.ledger(db.session)
            db.session.remove()
        acked = [line.strip() for line in _lines(self.acked_log)]
        return Verdict(
            kills=self.kills,
            letters=len(letters),
            accepted=len(taken),
            mails=len(by_mail),
            by_hand=len(noted),
            doubles=sum(count > 1 for count in taken.values()),
            lost=sum(row.state == "sent" and not taken[row.provider_key] for row in letters),
            hidden=sum(
                row.state not in ("sent", "unknown") and bool(taken[row.provider_key]) for row in letters
            ),
            hand_wrong=hand_wrong,
            cards_wrong=cards_wrong,
            faults=sum("fault" in line for line in mail_lines),
            states=states,
            unknown_elsewhere=sum(row.state == "unknown" and row.channel != "email" for row in letters),
            unexplained=sum(row.state != "sent" and not row.reason for row in letters),
            acked=len(acked),
            acked_lost=sum(found["once"][key] == 0 for key in acked),
            acked_doubled=sum(found["once"][key] > 1 for key in acked),
            balances_wrong=found["wrong"],
            seconds=time.monotonic() - self.began,
        )


def _thanks_at_once(shop_id: int, now: datetime) -> Automation:
    return Automation(shop_id=shop_id, kind="thank_you", is_on=True, text="", delay_minutes=0, changed_at=now)


def _confirm_mail(customer_id: int, now: datetime) -> None:
    """Give a person an address they have confirmed, and their yes to ads there."""
    with write() as session:
        person = session.get_one(Customer, customer_id)
        people.give_email(
            session, person=person, email=f"p{customer_id}@home.test", key=f"key-of-mail-{customer_id}"
        )
        person.email_checked_at = now
        trace = Trace(source="card", ip="", user_agent="")
        people.record_consent(
            session, person=person, kind="ads_email", action="grant", phone_key="", trace=trace, now=now
        )


def _slay(process: subprocess.Popen[bytes] | Born) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:  # born this very moment, or gone already
        process.send_signal(signal.SIGKILL)
    process.wait()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
