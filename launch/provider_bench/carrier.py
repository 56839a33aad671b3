"""The carrier behind both providers: parcels, pictures, opt-outs, templates, and who is at which number."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from launch.provider_bench.accounts import Accounts
from launch.provider_bench.inspection import Inspection
from launch.provider_bench.journal import Journal, lines_of

# How a number's last four digits decide what becomes of a message to it; every other number gets it.
ENDINGS = {"0000": "gone", "0001": "off", "0002": "refuses", "0003": "no_talk"}


@dataclass(kw_only=True)
class Parcel:
    """One message that was taken in. `code` is the provider's last word about it, "" while it is under way."""

    id: str
    provider: str  # solapi | nhn_sms | nhn_talk
    account: str
    group: str  # groupId | requestId
    seq: int = 1
    key: str = ""  # the sender's own
    form: str = "SMS"  # SMS | LMS | MMS | ATA
    to: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    is_ad: bool = False
    photos: list[str] = field(default_factory=list)
    template: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    at: float = 0.0  # unix seconds
    code: str = ""
    ended_at: float = 0.0


def nobody(parcel: Parcel) -> bool:
    """Turn nobody away: the default of `Carrier.turns_away`."""
    return False


class Carrier:
    """Everything the bench remembers. Its journal is written before anything else knows of a parcel.

    `lock` is held by a provider's door from looking at a call to taking its parcels in.
    """

    def __init__(
        self,
        log: Path,
        accounts: Accounts,
        *,
        clock: Callable[[], float] = time.time,
        skew_s: float = 15 * 60,
    ) -> None:
        self.accounts = accounts
        self.clock = clock
        self.skew_s = skew_s  # how far a caller's clock may be off
        self.lock = threading.RLock()
        self.parcels: dict[str, Parcel] = {}
        self.opt_outs: dict[tuple[str, str], float] = {}  # (080 number or 발신번호, who said no) → when
        self.fates: dict[str, str] = {}  # number → what becomes of its messages, before ENDINGS
        self.turns_away: Callable[[Parcel], bool] = nobody
        self.once: dict[str, float] = {}  # signatures and idempotency keys → when they were used
        self.inspection = Inspection(clock)
        self.on_taken: Callable[[Sequence[Parcel]], None] = lambda parcels: None
        self._counter = 0
        self._files = Path(f"{log}.files")
        self._remember(lines_of(log))
        self.journal = Journal(log)

    def new_id(self, prefix: str) -> str:
        """Return an id that no other thing has, also after a restart."""
        with self.lock:
            self._counter += 1
            return f"{prefix}{int(self.clock() * 1000):013d}{self._counter:06d}"

    def take(self, parcels: Sequence[Parcel]) -> None:
        """Take parcels in: on disk first."""
        if not parcels:
            return
        self.journal.write([{"what": "taken", **asdict(parcel)} for parcel in parcels])
        with self.lock:
            self.parcels.update({parcel.id: parcel for parcel in parcels})
        self.on_taken(parcels)

    def end(self, parcel: Parcel, code: str) -> None:
        """Write down what became of a parcel."""
        self.journal.write([{"what": "ended", "id": parcel.id, "code": code, "at": self.clock()}])
        parcel.code, parcel.ended_at = code, self.clock()

    def fate(self, number: str) -> str:
        """Return what becomes of messages to a number: "" arrives | gone | off | refuses | no_talk."""
        return self.fates.get(number, ENDINGS.get(number[-4:], ""))

    def of(self, account: str, provider: str = "") -> list[Parcel]:
        """Return an account's parcels, the newest first."""
        with self.lock:
            found = [
                parcel
                for parcel in self.parcels.values()
                if parcel.account == account and provider in ("", parcel.provider)
            ]
        return sorted(found, key=lambda parcel: (parcel.at, parcel.id), reverse=True)

    def opt_out(self, number: str, who: str) -> None:
        """Write down that somebody called a free number to get no ads any more."""
        self.journal.write([{"what": "opt_out", "number": number, "who": who, "at": self.clock()}])
        with self.lock:
            self.opt_outs[number, who] = self.clock()

    def use_once(self, what: str, seconds: float) -> bool:
        """Note that something was used now; False when it was used within that many seconds before."""
        with self.lock:
            now = self.clock()
            if len(self.once) > 20_000:  # nobody asks about an hour ago
                self.once = {key: at for key, at in self.once.items() if at > now - 3600}
            if what in self.once and now - self.once[what] < seconds:
                return False
            self.once[what] = now
            return True

    def keep_file(self, name: str, content: bytes) -> None:
        """Keep a picture."""
        self._files.mkdir(parents=True, exist_ok=True)
        (self._files / name).write_bytes(content)

    def file(self, name: str) -> bytes | None:
        """Return a kept picture. A name is one of ours only when it is letters and digits."""
        path = self._files / name
        return path.read_bytes() if name.isalnum() and path.is_file() else None

    def _remember(self, lines: Iterable[dict[str, Any]]) -> None:
        """Read what was there before a restart."""
        for line in lines:
            what = line.pop("what", "")
            if what == "taken":
                self.parcels[line["id"]] = Parcel(**line)
            elif what == "ended" and line["id"] in self.parcels:
                parcel = self.parcels[line["id"]]
                parcel.code, parcel.ended_at = line["code"], line["at"]
            elif what == "opt_out":
                self.opt_outs[line["number"], line["who"]] = line["at"]
