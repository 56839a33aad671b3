"""Starts the bench for a person at a terminal: an address, accounts to type in, a page that shows what arrives."""

from __future__ import annotations

from pathlib import Path

from launch.provider_bench.accounts import a_secret, one_of_each
from launch.provider_bench.carrier import Carrier
from launch.provider_bench.postman import Postman
from launch.provider_bench.server import BenchServer


def opened(folder: Path, *, host: str, port: int) -> BenchServer:
    """Return a bench that listens and remembers in `folder` what it took in. Raises OSError for a busy port."""
    folder.mkdir(parents=True, exist_ok=True)
    carrier = Carrier(folder / "taken.jsonl", one_of_each())
    return BenchServer((host, port), carrier, Postman(carrier), secret=_kept_secret(folder))


def said(server: BenchServer) -> str:
    """Return what a person needs to use it."""
    solapi, nhn = server.carrier.accounts.solapi[0], server.carrier.accounts.nhn[0]
    sender = min(solapi.senders)
    return "\n".join(
        [
            f"SOLAPI and NHN Cloud on the bench: {server.url}",
            f"The phones:                       {server.url}/bench/{server.secret}/",
            "",
            "Start the product beside it so that its texts go there (real shops send only with a PUBLIC_URL):",
            f"  SOLAPI_URL={server.url} NHN_URL={server.url} \\",
            "  PUBLIC_URL=http://127.0.0.1:8000 DEMO=0 make run",
            "and type these under 더보기 > 문자 보내기 연결 (they open nothing but this bench):",
            f"  솔라피     API Key {solapi.key} · API Secret {solapi.secret} · 발신번호 {sender}",
            f"  NHN Cloud  앱키 {nhn.sms_key} · Secret Key {nhn.sms_secret} · 발신번호 {sender} · 080 {nhn.unsubscribe_no}",
            "",
            "A number that ends in 0000 is nobody's, 0001 is switched off, 0002 refuses, 0003 has no KakaoTalk.",
            "Ctrl+C ends it.",
        ]
    )


def _kept_secret(folder: Path) -> str:
    """Return the word in the page's address, the same one after a restart."""
    file = folder / "secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(a_secret())
    return file.read_text().strip()
