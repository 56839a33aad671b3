"""A bench in this process: its address, its log, its switches."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.messages.contract import Account
from launch.provider_bench.accounts import Accounts, one_of_each
from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier
from launch.provider_bench.journal import taken_keys
from launch.provider_bench.postman import Post, Postman
from launch.provider_bench.server import BenchServer, listening
from tests.provider.faults import Moody
from tests.provider.reports import Mangling

SECRET = "bench"


class Bench:
    """A running bench. `moody` plays faults, `mangling` those of reports; `log` is the judge."""

    def __init__(self, server: BenchServer, log: Path, moody: Moody, mangling: Mangling) -> None:
        self.server, self.log, self.moody, self.mangling = server, log, moody, mangling
        self.carrier, self.postman = server.carrier, server.postman
        self.url = server.url

    def taken(self) -> list[str]:
        """Return the keys of everything taken in, from the disk, each as often as it was taken."""
        return taken_keys(self.log)

    def doubles(self) -> list[str]:
        """Return the keys that were taken in more than once: there must never be any."""
        return [key for key, times in Counter(self.taken()).items() if times > 1]

    def account(self, provider: str, shop_id: int = 1, **settings: object) -> Account:
        """Return the shop's account as the product would hold it; its keys open this bench."""
        if provider == "solapi":
            one = self.carrier.accounts.solapi[0]
            keys = {"api_key": one.key, "api_secret": one.secret, "hook": one.hook.secret}
            held = {"profile": next(iter(one.profiles)), **settings}
            return Account(
                shop_id=shop_id, provider=provider, sender=next(iter(one.senders)), keys=keys, settings=held
            )
        nhn = self.carrier.accounts.nhn[0]
        keys = {
            "app_key": nhn.sms_key,
            "secret": nhn.sms_secret,
            "free_call": nhn.unsubscribe_no,
            "talk_app_key": nhn.talk_key,
            "talk_secret": nhn.talk_secret,
            "hook": nhn.sms_hook.secret,
        }
        held = {"profile": next(iter(nhn.profiles)), **settings}
        return Account(
            shop_id=shop_id, provider=provider, sender=next(iter(nhn.senders)), keys=keys, settings=held
        )

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse every connection until the block ends."""
        address = self.server.server_address
        self.server.shutdown()
        self.server.server_close()
        try:
            yield
        finally:
            again = BenchServer(
                (str(address[0]), int(address[1])),
                self.carrier,
                self.postman,
                manners=self.moody,
                secret=self.server.secret,
            )
            self._serve_again(again)

    def _serve_again(self, server: BenchServer) -> None:
        self.server = server
        self._listening = listening(server)
        self._listening.__enter__()

    def close(self) -> None:
        """Stop what `refusing` started anew."""
        if hasattr(self, "_listening"):
            self._listening.__exit__(None, None, None)


@contextmanager
def running(
    log: Path | None = None,
    *,
    accounts: Accounts | None = None,
    clock: Callable[[], float] = time.time,
    post: Post | None = None,
    seed: int = 0,
    share: float = 0.0,
    hang_s: float = 2.0,
    report_after_s: float = 0.0,
    pause_s: float = 0.0,
    skew_s: float = 15 * 60,
    port: int = 0,
) -> Iterator[Bench]:
    """Run a bench on a port of loopback. Reports are brought when `bench.postman.work()` is called."""
    with tempfile.TemporaryDirectory() as folder:
        log = log or Path(folder) / "taken.jsonl"
        carrier = Carrier(log, accounts or one_of_each(), clock=clock, skew_s=skew_s)
        postman = Postman(carrier, post, report_after_s=report_after_s, pause_s=pause_s)
        moody = Moody(carrier, seed=seed, share=share, hang_s=hang_s)
        server = BenchServer(("127.0.0.1", port), carrier, postman, manners=moody, secret=SECRET)
        bench = Bench(server, log, moody, Mangling(postman))
        server.controls["faults"] = _switch(bench)
        try:
            with listening(server):
                yield bench
        finally:
            bench.close()
            carrier.journal.close()


def _switch(bench: Bench) -> Callable[[Call], Answer]:
    """Return the door POST /bench/<secret>/faults: {"fault", "times", "lookups"} | {"share"} | {"report"}."""

    def switch(call: Call) -> Answer:
        wanted = call.json()
        if "share" in wanted:
            bench.moody.share = float(wanted["share"])
        elif "report" in wanted:
            bench.mangling.play(wanted["report"], int(wanted.get("times", 1)))
        elif wanted.get("fault") == "calm":
            bench.moody.calm()
        else:
            bench.moody.play(
                wanted["fault"], int(wanted.get("times", 1)), lookups=bool(wanted.get("lookups"))
            )
        return as_json({"played": bench.moody.played})

    return switch
