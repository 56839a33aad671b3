"""The ground that every other test stands on."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from app.cards.models import Card
from app.extensions import db
from app.shops.models import Shop
from tests import factories, pages, world
from tests.factories import ACustomer, AShop
from tests.migrated import Migrated
from tests.phone import Phone

pytestmark = pytest.mark.databases(*world.BOTH)


def test_each_test_begins_with_empty_tables(app: Flask) -> None:
    assert db.session.scalar(db.select(db.func.count(Shop.id))) == 0
    factories.a_shop()


def test_the_database_is_the_one_that_was_asked_for(app: Flask, db_kind: str) -> None:
    assert db.engine.dialect.name == {"sqlite": "sqlite", "postgres": "postgresql"}[db_kind]
    if db_kind == "sqlite":
        assert db.session.execute(db.text("PRAGMA journal_mode")).scalar() == "wal"
        assert db.session.execute(db.text("PRAGMA foreign_keys")).scalar() == 1


def test_the_characters(shop: AShop, other_shop: AShop, jiwoo: ACustomer, minho: ACustomer) -> None:
    assert factories.a_person(jiwoo.id).phone == "+821023456789"
    assert factories.a_person(minho.id).name == ""
    assert factories.a_card(factories.a_card_with(3, shop, minho).card_id).balance == 3
    assert db.session.scalar(db.select(db.func.count(Card.id)).where(Card.shop_id == other_shop.id)) == 0


def test_the_steps_are_walked_once_and_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(app: Flask) -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(db.text("CREATE TABLE walked (id INTEGER)"))
        walks.append(app)
        assert len(walks) > 1, "it falls on the way"

    walks: list[Flask] = []
    monkeypatch.setattr(world, "migrate", walk)
    processes = [Migrated(tmp_path, pytest.fail) for _ in range(3)]
    with pytest.raises(AssertionError, match="on the way"):
        processes[0]("sqlite", tmp_path / "0.db")
    assert [file.name for file in tmp_path.iterdir()] == ["migrated.lock"], "nobody takes what was only begun"
    for number, process in enumerate(processes):
        url = process("sqlite", tmp_path / f"{number}.db")
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            assert connection.execute("SELECT count(*) FROM walked").fetchone() == (0,)
        connection.close()
    assert len(walks) == 2


def test_many_at_once_have_their_own_sessions(app: Flask) -> None:
    found = world.all_at_once(app, [lambda: db.session.execute(db.text("SELECT 1")).scalar()] * 12)
    assert found == [1] * 12


def test_no_test_reaches_out(reached_out: list[str]) -> None:
    with pytest.raises(Exception, match=r"192\.0\.2\.1"), socket.socket() as probe:
        probe.connect(("192.0.2.1", 80))
    assert reached_out == ["192.0.2.1:80"]
    reached_out.clear()


@pytest.mark.databases("sqlite")
def test_the_phone_asks_like_a_browser(app: Flask) -> None:
    assert Phone(app).open("/healthz").answer.is_json


GOOD = """<!doctype html><html lang="ko"><head><title>내 카드 · 단골</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>내 카드</h1>{}</main></body></html>"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def test_a_good_page_has_no_fault() -> None:
    form = '<form action="/x" method="post"><input type="hidden" name="csrf_token" value="t"><label>이름 <input name="n"></label><button>저장하기</button></form>'
    assert pages.faults(GOOD.format(form), HEADERS) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<h1>둘째</h1>",
        '<p id="a"></p><p id="a"></p>',
        '<form method="post" action="/x"><button>보내기</button></form>',
        "<form><button>보내기</button></form>",
        '<input name="q">',
        "<script>1</script>",
        "<style>p{}</style>",
        '<p style="color:red">빨강</p>',
        '<button onclick="x()">누르기</button>',
        '<p hx-on:click="x()">누르기</p>',
        '<a href="javascript:x()">가기</a>',
        '<a href="#">가기</a>',
        "<button></button>",
        '<img src="/x.png">',
        '<script src="https://cdn.example/x.js"></script>',
        "<p><div>뒤바뀜</p></div>",
        '<p aria-describedby="gone">말</p>',
    ],
)
def test_each_planted_fault_is_seen(planted: str) -> None:
    assert pages.faults(GOOD.format(planted), HEADERS)


@pytest.mark.parametrize("missing", HEADERS)
def test_each_missing_header_is_seen(missing: str) -> None:
    assert pages.faults(GOOD.format(""), {k: v for k, v in HEADERS.items() if k != missing})
