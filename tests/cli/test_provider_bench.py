"""`flask provider-bench`: starts, says what to type, remembers, and says when its port is taken."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from app.messages.channels import solapi
from app.messages.contract import Accepted, Account, Letter, Wire
from launch.provider_bench import start
from launch.provider_bench.server import BenchServer


def test_a_taken_port_is_said(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = app.test_cli_runner().invoke(args=["provider-bench", "--port", str(port)])
    assert said.exit_code == 1
    assert f"Port {port} can't be used" in said.output


def test_what_it_says_to_type_opens_it(tmp_path: Path) -> None:
    server = start.opened(tmp_path, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_with_post, daemon=True)
    thread.start()
    one = server.carrier.accounts.solapi[0]
    said = start.said(server)
    assert all(word in said for word in (server.url, one.key, one.secret, "SOLAPI_URL=", "PUBLIC_URL="))
    account = Account(
        shop_id=1,
        provider="solapi",
        sender=min(one.senders),
        keys={"api_key": one.key, "api_secret": one.secret},
    )
    letter = Letter(key="k1", to="+821012345678", text="안녕하세요", at=datetime.now(UTC), account=account)
    assert isinstance(solapi.send([letter], Wire(solapi_url=server.url), None)[0], Accepted)
    page = _page_when(server, "받았어요")  # its report came a second later
    assert "010-1234-5678" in page
    server.shutdown()
    thread.join(5)
    again = start.opened(tmp_path, host="127.0.0.1", port=0)
    assert [parcel.key for parcel in again.carrier.parcels.values()] == ["k1"]
    assert again.secret == server.secret
    again.server_close()


def _page_when(server: BenchServer, word: str) -> str:
    until = time.monotonic() + 60
    while True:
        page = urllib.request.urlopen(f"{server.url}/bench/{server.secret}/", timeout=30).read().decode()
        if word in page or time.monotonic() > until:
            return page
        time.sleep(0.1)
