"""명단 내려받기: whom the list was narrowed to; a long one made by the worker, fetched, and gone after a day."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app.customers import known, people_files, taking_out
from app.customers.file_models import PeopleFile
from app.extensions import db, files_dir
from app.flows import people_file, people_file_run
from app.jobs import tasks
from app.kit import sealed_file
from app.shops.models import AccessLog, AuditLine
from tests import factories
from tests.factories import AShop
from tests.phone import Phone
from tests.web.test_known_person import a_tag
from tests.world import Clock, all_at_once

pytestmark = pytest.mark.databases("sqlite", "postgres")
WHY = "세무사에게 보여 주려고"


@pytest.fixture
def people(shop: AShop, other_shop: AShop) -> list[factories.ACustomer]:
    """Five people, three of them 김; one of another shop."""
    factories.a_customer(other_shop, name="김남의", phone="010-9999-0000")
    names = ("김하나", "김두리", "김세찬", "이네모", "이다섯")
    return [factories.a_customer(shop, name=name, phone=f"010-5555-000{n}") for n, name in enumerate(names)]


@pytest.fixture(autouse=True)
def _empty_folder(app: Flask) -> None:
    """Nothing of another test lies there."""
    shutil.rmtree(files_dir() / people_file.FOLDER, ignore_errors=True)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five people be many: two a step."""
    monkeypatch.setattr(people_file, "AT_ONCE", 1)
    monkeypatch.setattr(taking_out, "_STEP", 2)


def names_in(body: bytes, kind: str = "csv") -> list[str]:
    """Return the names in a file, its head left out."""
    if kind == "csv":
        return [row[0] for row in csv.reader(io.StringIO(body.decode("utf-8-sig")))][1:]
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [str(row[0].value) for row in sheet.iter_rows()][1:]


def of(model: Any) -> list[Any]:
    """Return the rows of a table as they are now, the oldest first."""
    db.session.rollback()
    return list(db.session.scalars(db.select(model).order_by(model.id)))


def sealed_files() -> list[str]:
    """Return the names of the sealed lists on disk."""
    return sorted(path.name for path in files_dir().glob("lists/*/*"))


def begin(phone: Phone, kind: str = "csv", query: str = "") -> str:
    """Ask for a long list; return the address of its page."""
    phone.open(f"/owner/people/file{query}")
    return phone.submit("파일 만들기", reason=WHY, kind=kind).path


def test_it_holds_whom_the_list_was_narrowed_to(
    owner_phone: Phone, shop: AShop, people: list[factories.ACustomer]
) -> None:
    for person in (people[0], people[3]):
        a_tag(shop, person, "창가")
    tag_id = known.tags(shop.id)[0].id
    owner_phone.open("/owner/people?q=김")
    page = owner_phone.tap("명단 내려받기 골라 본 손님만 담아요. 까닭을 적고 본인 확인을 해요")
    assert "‘김’으로 찾은 손님 3명" in page.words
    body = owner_phone.submit("내려받기", reason=WHY, kind="csv").answer.get_data()
    assert names_in(body) == ["김하나", "김두리", "김세찬"]
    assert "‘창가’ 태그 2명" in owner_phone.open(f"/owner/people/file?tag={tag_id}").words
    assert "‘창가’ 태그 2명" in owner_phone.submit("내려받기", reason="x", status=422).words
    body = owner_phone.submit("내려받기", reason=WHY, kind="csv").answer.get_data()
    assert names_in(body) == ["김하나", "이네모"]
    factories.a_stamp(shop, people[3].card_id)
    page = owner_phone.open(f"/owner/people/file?tag={tag_id}&group=new&q=이")
    assert "‘신규 손님’ 그룹 · ‘창가’ 태그 · ‘이’로 찾은 손님 1명" in page.words
    body = owner_phone.submit("내려받기", reason=WHY, kind="xlsx").answer.get_data()
    assert names_in(body, "xlsx") == ["이네모"]
    words = owner_phone.open("/owner/more/changes").words
    assert f"‘창가’ 태그 2명의 명단을 내려받았어요. ‘{WHY}’" in words
    assert "찾은 손님 3명의 명단을 내려받았어요" in words and "‘김’" not in words
    assert "모든 손님 5명" in owner_phone.open("/owner/people/file").words
    assert "받을 것이 없어요" in owner_phone.open("/owner/people/file?q=없는이름").words


def test_one_press_is_one_file_and_one_line(
    owner_phone: Phone, shop: AShop, people: list[factories.ACustomer], clock: Clock
) -> None:
    owner_phone.open("/owner/people/file")
    fields = {
        "once": "a-press-of-a-page",
        "reason": WHY,
        "kind": "csv",
        "csrf_token": owner_phone.token(),
    }
    for _ in range(2):
        assert len(names_in(owner_phone.post("/owner/people/file", fields).answer.get_data())) == 5
    assert len(of(PeopleFile)) == len(lines_of_change()) == 1
    # The page stays open after a download: other words on it are another file, and written down.
    owner_phone.post("/owner/people/file", fields | {"kind": "xlsx"})
    assert len(of(PeopleFile)) == len(lines_of_change()) == 2
    clock.advance(days=1)
    assert "한 번 더 눌러" in owner_phone.post("/owner/people/file", fields, status=422).words
    people_file.forget_typed(shop_id=shop.id, now=clock())
    assert all(row.typed == "" for row in of(PeopleFile))


def lines_of_change() -> list[AuditLine]:
    """Return the lines of the record of changes about lists."""
    return [line for line in of(AuditLine) if line.what == "people_file"]


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_list_is_made_by_the_worker_and_is_gone_after_a_day(
    owner_phone: Phone, shop: AShop, people: list[factories.ACustomer], clock: Clock, kind: str
) -> None:
    path = begin(owner_phone, kind)
    page = owner_phone.open(path)
    assert page.h1 == "명단을 만들고 있어요" and "5명 가운데 0명을 담았어요" in page.words
    assert "만들고 있어요" in owner_phone.open("/owner/people/file").words
    tasks.make_lists()
    page = owner_phone.open(path)
    assert page.h1 == "명단이 다 됐어요"
    assert "11월 24일(화) 오후 2:49까지 받을 수 있어요" in page.words
    for sealed in files_dir().glob("lists/*/*"):
        assert b"010-5555" not in sealed.read_bytes() and "김하나".encode() not in sealed.read_bytes()
    assert len(sealed_files()) == 1, "the rows it was made of are gone"
    assert len(names_in(owner_phone.submit("내려받기").answer.get_data(), kind)) == 5
    looks = [line.action for line in of(AccessLog) if line.action == "people_file"]
    assert len(looks) == 2, "asked for, and fetched"
    assert "받을 수 있어요" in owner_phone.open("/owner/people/file").words
    clock.advance(days=1)
    owner_phone.open(path)
    assert "하루가 지나서 지웠어요" in owner_phone.submit("내려받기").words, (
        "also before the clock comes round"
    )
    tasks.make_lists()
    assert (sealed_files(), of(PeopleFile)[0].state) == ([], "over")
    page = owner_phone.open(path)
    assert page.h1 == "지운 명단이에요" and "만든 지 하루가 지났거나" in page.words


@pytest.mark.usefixtures("long")
def test_killed_on_the_way_it_goes_on_where_it_was(
    owner_phone: Phone,
    shop: AShop,
    people: list[factories.ACustomer],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = begin(owner_phone, query="?q=ㄱ")
    row = of(PeopleFile)[0]
    people_file_run.step(shop_id=shop.id, file_id=row.id, clock=clock)
    real = sealed_file.append

    def dies(*args: Any, **more: Any) -> int:
        real(*args, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sealed_file, "append", dies)
        with pytest.raises(KeyboardInterrupt):
            people_file_run.step(shop_id=shop.id, file_id=row.id, clock=clock)
    db.session.remove()
    assert "3명 가운데 2명을 담았어요" in owner_phone.open(path).words
    # Who changed what stands for 김 meanwhile is not twice in it.
    tasks.make_lists()
    owner_phone.open(path)
    body = owner_phone.submit("내려받기").answer.get_data()
    assert names_in(body) == ["김하나", "김두리", "김세찬"]
    assert of(PeopleFile)[0].typed == ""


@pytest.mark.usefixtures("long")
def test_rows_that_were_lost_are_gathered_anew_but_not_for_ever(
    owner_phone: Phone, shop: AShop, people: list[factories.ACustomer], clock: Clock
) -> None:
    path = begin(owner_phone)
    file_id = of(PeopleFile)[0].id

    def until(state: str) -> None:
        while of(PeopleFile)[0].state not in (state, "failed"):
            people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)

    until("packing")
    people_file.drop_files(shop.id, of(PeopleFile)[0].records)
    people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)
    assert (of(PeopleFile)[0].state, of(PeopleFile)[0].seen) == ("making", 0)
    people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)
    people_file.drop_files(shop.id, of(PeopleFile)[0].records)
    people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)
    assert of(PeopleFile)[0].seen == 0, "a piece would have followed on nothing"
    until("packing")
    people_file.drop_files(shop.id, of(PeopleFile)[0].records)
    people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)
    people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)
    assert (of(PeopleFile)[0].state, sealed_files()) == ("failed", [])
    page = owner_phone.open(path)
    assert page.h1 == "명단을 만들지 못했어요" and "명단 다시 만들기" in page.words


@pytest.mark.usefixtures("long")
def test_two_workers_and_two_presses_make_one(
    app: Flask, owner_phone: Phone, shop: AShop, people: list[factories.ACustomer], clock: Clock
) -> None:
    def ask() -> int:
        return people_file.ask(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            once="one-press",
            whose=people_file.Whose(),
            kind="csv",
            reason=WHY,
            ip="",
            now=clock(),
        )

    asked: list[Callable[[], Any]] = [ask] * 3
    assert len(set(all_at_once(app, asked))) == 1
    file_id = of(PeopleFile)[0].id

    def step() -> None:
        people_file_run.step(shop_id=shop.id, file_id=file_id, clock=clock)

    both: list[Callable[[], Any]] = [step] * 2
    for _ in range(5):
        assert all_at_once(app, both) == [None, None]
    row = of(PeopleFile)[0]
    assert (row.state, row.seen, len(sealed_files())) == ("ready", 5, 1)
    owner_phone.open(f"/owner/people/file/{file_id}")
    assert len(names_in(owner_phone.submit("내려받기").answer.get_data())) == 5
    assert len(lines_of_change()) == 1


@pytest.mark.usefixtures("long")
def test_it_is_nobody_elses_and_can_be_ended(
    app: Flask,
    owner_phone: Phone,
    shop: AShop,
    other_shop: AShop,
    people: list[factories.ACustomer],
    clock: Clock,
) -> None:
    path = begin(owner_phone)
    partner = factories.a_staff(shop, name="동업자", role="owner")
    for stranger in (
        Phone(app).signed_in(other_shop, other_shop.owner_id),
        Phone(app).signed_in(shop, partner),
    ):
        stranger.open("/owner/people/new")
        token = {"csrf_token": stranger.token()}
        for gone in (path, f"{path}/progress"):
            stranger.open(gone, status=404)
        for gone in (path, f"{path}/removal"):
            stranger.post(gone, token, status=404)
    manager = Phone(app).signed_in(shop, factories.a_staff(shop, role="manager"))
    manager.open(path, status=403)
    owner_phone.open(path)
    assert "그만 만들어요" in owner_phone.submit("그만두기").words
    tasks.make_lists()
    assert (of(PeopleFile)[0].state, sealed_files()) == ("over", [])
    path = begin(owner_phone)
    tasks.make_lists()
    owner_phone.open(path)
    assert "파일을 지웠어요" in owner_phone.submit("지금 지우기").words
    assert sealed_files() == []
    clock.advance(days=3)
    assert people_file.drop_orphans(now=clock()) == 0
    assert people_files.waiting(clock()) == []
