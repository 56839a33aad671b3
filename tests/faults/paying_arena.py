"""An arena with a third shop, whose thank-yous travel by its own SOLAPI account, over the provider on the bench."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.flows.unit import write
from app.messages import accounts
from app.messages.models import Attempt, Automation, Message
from app.messages.way_models import ChannelAccount, Charge, DeliveryReport, MessageSettings, MonthSpending
from launch.provider_bench.accounts import one_of_each
from launch.provider_bench.journal import lines_of, taken_keys
from tests import factories
from tests.faults.arena import ROOT, Arena
from tests.provider.bench import SECRET

HOOK = "hook-of-the-paying-shop"
BUDGET_WON = 1_000_000
WENT = ("sent", "delivered", "undelivered")
# Between the two workers' clocks, of which one is an hour ahead: a look-up asks from twenty minutes before its own
# note of the first try.
AHEAD_S = 45 * 60


@dataclass
class PaidVerdict:
    """What the texts of the paying shop left behind. Every number but the first five must be 0."""

    texts: int
    taken: int
    faults: int  # calls that the bench let go wrong
    told: int  # rows moved on by a report
    reports: int  # kept, each once
    doubles: int  # keys that the bench took in more than once
    lost: int  # rows that say they went and are not in its log
    hidden: int  # in its log, but the row says it never went
    unknown: int  # unclear, though the provider can be asked
    unpaid: int  # went without having paid exactly once, or paid and never went
    over: int  # won spent beyond the charges, or beyond the budget
    against_report: int  # rows that say another thing than the provider's last word


class PayingArena(Arena):
    """The arena with one more shop, its line of people and its provider."""

    def _build(self) -> Flask:
        self.bench_log = self.folder / "bench.log"
        arguments = [self.bench_log, self.seed, self.share, self.shift + AHEAD_S]
        self.bench = subprocess.Popen(
            [sys.executable, "-m", "tests.provider", *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self.bench.stdout is not None
        self.bench_url = f"http://127.0.0.1:{int(self.bench.stdout.readline())}"
        app = super()._build()
        with app.app_context():
            shop_id = self._open_paying_shop(app)
            self._tell_the_console(shop_id)
            db.session.remove()
        return app

    def env(self, shift: int = 0) -> dict[str, str]:
        """Return the settings every process of the arena gets."""
        return {**super().env(shift), "SOLAPI_URL": self.bench_url}

    def _open_paying_shop(self, app: Flask) -> int:
        one, now = one_of_each().solapi[0], app.config["CLOCK"]()
        shop = factories.a_shop("콩이네")
        self.tokens["paid-line"] = factories.a_session(shop, shop.owner_id)
        keys = {"api_key": one.key, "api_secret": one.secret}
        with write() as session:
            session.add(
                ChannelAccount(
                    shop_id=shop.id,
                    provider="solapi",
                    sealed=accounts.sealed_keys(keys, shop_id=shop.id, provider="solapi"),
                    sender=min(one.senders),
                    state="on",
                    hook=HOOK,
                    made_at=now,
                )
            )
            session.add(MessageSettings(shop_id=shop.id, month_won=BUDGET_WON, changed_at=now))
            session.add(
                Automation(
                    shop_id=shop.id, kind="thank_you", text="", ways="solapi", delay_minutes=0, changed_at=now
                )
            )
        people = (
            factories.a_customer(shop, name=f"손님{number}", phone=factories.a_number(), agrees="all")
            for number in range(self.people)
        )
        self.paid_cards = [person.card_id for person in people]
        return shop.id

    def _tell_the_console(self, shop_id: int) -> None:
        """Type into the provider's console what the owner is shown: where reports go, and what proves them."""
        account = accounts.account(db.session, shop_id=shop_id, provider="solapi")
        assert account is not None
        hook = f"http://127.0.0.1:{self.port}/hooks/solapi/{HOOK}"
        form = urlencode({"provider": "solapi", "url": hook, "secret": account.keys["hook"]}).encode()
        urllib.request.urlopen(f"{self.bench_url}/bench/{SECRET}/hooks", data=form, timeout=10).close()

    def cards_of(self, line: str) -> list[int]:
        """Return the cards a line of people stands for."""
        return self.paid_cards if line == "paid-line" else super().cards_of(line)

    def wait_until_paid(self, seconds: float) -> None:
        """Let the line go on until a text went out."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not taken_keys(self.bench_log):
            time.sleep(0.3)

    def settle(self, seconds: float) -> None:
        """Let the provider behave as well, and its last reports come."""
        Path(f"{self.bench_log}.calm").touch()
        super().settle(seconds)
        self._wait_for_reports(20)

    def _wait_for_reports(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self.app.app_context():
            while time.monotonic() < until:
                db.session.rollback()
                if not db.session.scalar(
                    _texts().where(Message.state == "sent").with_only_columns(func.count())
                ):
                    break
                time.sleep(0.5)
            db.session.remove()

    def _faults(self) -> int:
        call = urllib.request.Request(f"{self.bench_url}/bench/{SECRET}/faults", data=b'{"share": 0}')
        with urllib.request.urlopen(call, timeout=10) as answered:
            return len(json.loads(answered.read())["played"])

    def stop(self) -> None:
        """End the bench with everything else."""
        super().stop()
        self.bench.kill()
        self.bench.wait()
        assert self.bench.stdout is not None
        self.bench.stdout.close()

    def paid_verdict(self) -> PaidVerdict:
        """Compare the rows with the bench's log."""
        taken = Counter(taken_keys(self.bench_log))
        ended = _last_words(self.bench_log)
        with self.app.app_context():
            rows = db.session.execute(
                _texts().with_only_columns(Message.id, Message.provider_key, Message.state)
            ).all()
            paid = Counter(db.session.scalars(select(Charge.message_id)))
            charged = db.session.scalar(select(func.coalesce(func.sum(Charge.won), 0)))
            spent = db.session.scalar(select(func.coalesce(func.sum(MonthSpending.won), 0)))
            reports = db.session.scalar(select(func.count()).select_from(DeliveryReport))
            tries = Counter(db.session.scalars(select(Attempt.message_id)))
            db.session.remove()
        went = [row for row in rows if row.state in WENT]
        assert all(tries[row.id] for row in went)
        return PaidVerdict(
            texts=len(rows),
            taken=len(taken),
            faults=self._faults(),
            told=sum(row.state in ("delivered", "undelivered") for row in rows),
            reports=int(reports or 0),
            doubles=sum(times > 1 for times in taken.values()),
            lost=sum(not taken[row.provider_key] for row in went),
            hidden=sum(bool(taken[row.provider_key]) for row in rows if row.state not in (*WENT, "unknown")),
            unknown=sum(row.state == "unknown" for row in rows),
            unpaid=sum(
                paid[row.id] != (row.state in WENT) for row in rows if row.state not in ("ready", "unknown")
            ),
            over=abs(int(spent or 0) - int(charged or 0)) + max(0, int(spent or 0) - BUDGET_WON),
            against_report=sum(
                (row.state == "delivered") != (ended.get(row.provider_key) == "4000")
                for row in rows
                if row.state in ("delivered", "undelivered")
            ),
        )


def _texts() -> object:
    return select(Message).where(Message.channel == "solapi")


def _last_words(log: Path) -> dict[str, str]:
    """Return what became of each key, in the provider's codes."""
    keys: dict[str, str] = {}
    words: dict[str, str] = {}
    for line in lines_of(log):
        if line.get("what") == "taken":
            keys[line["id"]] = line["key"]
        elif line.get("what") == "ended":
            words[keys[line["id"]]] = line["code"]
    return words
