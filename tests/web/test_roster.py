"""손님 at size: first sounds, tags for many, somebody written down by hand, the list taken along."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask

from app.customers import roster
from app.customers.known_models import Companion
from app.customers.models import Consent, Customer
from app.extensions import db
from app.flows.unit import write
from app.kit.sheet_files import plain_cell
from app.shops.models import AccessLog, AuditLine
from tests import factories
from tests.factories import AShop
from tests.flows.ladder import statements
from tests.phone import Phone
from tests.web.test_known_person import a_tag
from tests.world import all_at_once

pytestmark = pytest.mark.databases("sqlite", "postgres")

NAMES = ("김민지", "김미자", "박민지", "이수 Kim", "남궁 민수", "100%손님", "")


@pytest.fixture
def people(shop: AShop) -> dict[str, int]:
    """People of all kinds of names, by name."""
    with write() as session:
        rows = [
            Customer(shop_id=shop.id, name=name, source="demo", joined_at=factories.now()) for name in NAMES
        ]
        session.add_all(rows)
        session.flush()
        return {row.name: row.id for row in rows}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ㄱㅁㅈ", {"김민지", "김미자"}),
        ("ㅁㅈ", {"김민지", "김미자", "박민지"}),
        ("김ㅁ", {"김민지", "김미자"}),
        ("김민ㅈ", {"김민지"}),
        ("ㄱ민", {"김민지", "남궁 민수"}),
        ("ㅂㅁ지", {"박민지"}),
        ("ㅁㅅ", {"남궁 민수"}),
        ("궁ㅁㅅ", {"남궁 민수"}),
        ("궁 ㅁ", {"남궁 민수"}),
        ("민지", {"김민지", "박민지"}),
        ("%", {"100%손님"}),
        ("_", set()),
        ("[가-힣]", set()),
        ("ㄱ*", set()),
        ("ㄱ.", set()),
        (" " * 40 + "민지", {"김민지", "박민지"}),
    ],
)
def test_a_name_is_found_by_what_a_thumb_types(
    shop: AShop, other_shop: AShop, people: dict[str, int], typed: str, found: set[str]
) -> None:
    page = roster.people(shop_id=shop.id, typed=typed)
    assert {line.name for line in page.lines} == found
    assert roster.people(shop_id=other_shop.id, typed=typed).lines == []


@pytest.mark.parametrize("crowd", [800, 1])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("콩이", {"김민지": ["콩이"]}),
        ("콩", {"김민지": ["콩이"], "박민지": ["콩 순이"]}),
        ("ㅋㅇ", {"김민지": ["콩이"]}),
        ("콩ㅅ", {"박민지": ["콩 순이"]}),
        ("콩순", {"박민지": ["콩 순이"]}),
        ("max", {"김미자": ["Max 2"]}),
        ("이", {"이수 Kim": []}),
        ("2", {}),
        ("%", {"100%손님": []}),
    ],
)
def test_somebody_is_found_by_who_comes_along(
    shop: AShop,
    other_shop: AShop,
    people: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    crowd: int,
    typed: str,
    found: dict[str, list[str]],
) -> None:
    for name, called in (("김민지", "콩이"), ("박민지", "콩 순이"), ("김미자", "Max 2"), ("김민지", "보리")):
        db.session.add(Companion(shop_id=shop.id, customer_id=people[name], name=called, at=factories.now()))
    db.session.commit()
    monkeypatch.setattr(roster, "_CROWD", crowd)
    page = roster.people(shop_id=shop.id, typed=typed)
    assert {line.name: line.along for line in page.lines} == found
    assert roster.people(shop_id=other_shop.id, typed=typed).lines == []


def test_the_row_says_by_whom_it_was_found_also_after_a_new_name(
    owner_phone: Phone, shop: AShop, jiwoo: factories.ACustomer
) -> None:
    db.session.add(Companion(shop_id=shop.id, customer_id=jiwoo.id, name="콩이", at=factories.now()))
    db.session.commit()
    a_tag(shop, jiwoo, "단체")
    assert "콩이와 함께 · 단체" in owner_phone.open("/owner/people?q=ㅋㅇ").words
    assert "콩이와 함께" not in owner_phone.open("/owner/people?q=지우").words
    assert "콩이와 함께" in owner_phone.open("/owner/people/picks?q=콩").words
    friend = db.session.scalars(db.select(Companion)).one()
    friend.name = "보리"
    db.session.commit()
    assert "맞는 손님이 없어요" in owner_phone.open("/owner/people?q=콩이").words
    assert "보리와 함께" in owner_phone.open("/owner/people?q=ㅂㄹ").words


@pytest.mark.parametrize("order", list(roster.ORDERS))
def test_every_order_brings_everybody_once(shop: AShop, people: dict[str, int], order: str) -> None:
    seen, after = [], None
    while True:
        page = roster.people(shop_id=shop.id, order=order, after=after, limit=2)
        seen += [line.id for line in page.lines]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(people.values())
    if order == "name":
        assert [line.name for line in roster.people(shop_id=shop.id, order=order).lines][-1] == ""


def test_a_crowd_is_walked_in_order(
    shop: AShop, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = roster.people(shop_id=shop.id, typed="ㅁㅈ")
    monkeypatch.setattr(roster, "_CROWD", 1)
    assert roster.people(shop_id=shop.id, typed="ㅁㅈ") == few


def test_pages_ask_the_same_however_many_there_are(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop
) -> None:
    def cost(path: str) -> int:
        db.session.rollback()
        with statements() as run:
            owner_phone.open(path)
        return len([one for one in run if one.startswith("SELECT")])

    first = factories.a_customer(shop, name="김하나", phone="010-1111-0001")
    factories.a_stamp(shop, first.card_id)
    a_tag(shop, first, "단체")
    paths = ("/owner/people", "/owner/people?q=김", f"/owner/people/{first.id}")
    before = [cost(path) for path in paths]
    for number in range(25):
        more = factories.a_customer(shop, name=f"김수{number}")
        factories.a_stamp(shop, more.card_id)
        factories.a_stamp(shop, first.card_id)
        a_tag(shop, more, f"태그{number % 5}")
        a_tag(shop, first, f"태그{number % 5}")
    assert [cost(path) for path in paths] == before


def test_somebody_is_written_down_by_hand(
    owner_phone: Phone, shop: AShop, jiwoo: factories.ACustomer
) -> None:
    owner_phone.open("/owner/people/new")
    page = owner_phone.submit("손님 적기", name="최순이", phone="010-123", status=422)
    assert page.value("name") == "최순이"
    assert len(page.errors()) >= 3
    fields = {"name": "최순이", "phone": "010-7777-1234", "origin": "hand_list", "agreed": "y"}
    page = owner_phone.submit("손님 적기", **fields)
    assert "최순이 님" in page.h1
    assert "쓰던 손님 명단을 보고 적었어요" in page.words
    assert "광고 문자 동의하지 않았어요" in page.words
    made = page.path
    owner_phone.open("/owner/people/new")
    assert owner_phone.submit("손님 적기", **fields).path == made
    owner_phone.open("/owner/people/new")
    page = owner_phone.submit("손님 적기", **(fields | {"phone": "010-2345-6789"}))
    assert page.path == f"/owner/people/{jiwoo.id}"
    said = db.session.scalars(
        db.select(Consent.kind).where(Consent.customer_id == int(made.rsplit("/", 1)[1]))
    ).all()
    assert set(said) == {"age14", "required"}


def test_two_at_once_write_one_person(app: Flask, shop: AShop, other_shop: AShop) -> None:
    from app.flows import person

    said = {"name": "최순이", "phone": "010-7777-1234", "origin": "hand_asked"}

    def add(which: AShop = shop) -> tuple[int, bool]:
        return person.add(
            shop_id=which.id,
            staff_id=which.owner_id,
            said=said,
            agreed=True,
            ip="",
            user_agent="",
            master=factories.master(),
            now=factories.now(),
        )

    calls: list[Callable[[], tuple[int, bool]]] = [add] * 4
    made = all_at_once(app, calls)
    assert len({one[0] for one in made}) == 1
    assert sum(one[1] for one in made) == 1
    assert add(other_shop)[1]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_list_leaves_with_a_reason_and_without_a_formula(
    app: Flask, owner_phone: Phone, shop: AShop, other_shop: AShop, kind: str
) -> None:
    factories.a_customer(shop, name='=HYPERLINK("x")', phone="010-2345-6789")
    factories.a_customer(other_shop, name="남의손님", phone="010-2345-0000")
    owner_phone.open("/owner/people/file")
    assert "왜 내려받는지" in owner_phone.submit("내려받기", reason="x", status=422).words
    answer = owner_phone.submit("내려받기", reason="세무사에게 보여 주려고", kind=kind).answer
    body = answer.get_data()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert rows[1][0] == '\'=HYPERLINK("x")'
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
        assert rows[1][0] == '=HYPERLINK("x")'
        assert sheet["A2"].data_type == "s"
    assert (len(rows), rows[1][1]) == (2, "010-2345-6789")
    assert (
        db.session.scalar(db.select(AccessLog.action).order_by(AccessLog.id.desc()).limit(1)) == "people_file"
    )
    line = db.session.scalar(db.select(AuditLine).where(AuditLine.what == "people_file"))
    assert line is not None
    assert line.detail == "1:세무사에게 보여 주려고"
    assert "손님 1명의 명단을 내려받았어요. ‘세무사에게" in owner_phone.open("/owner/more/changes").words


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+8210", "'+8210"),
        ("-2", "'-2"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("김민지", "김민지"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell: str, kept: str) -> None:
    assert plain_cell(cell) == kept


def test_only_the_owner_takes_the_list(app: Flask, shop: AShop) -> None:
    manager = factories.a_staff(shop, role="manager")
    Phone(app).signed_in(shop, manager).open("/owner/people/file", status=403)
