"""What a cell, a line and a row of titles say; whose receipt is whose. Tables of what people's files really hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.visits import cell_rules, header_rules, line_rules, list_rules, receipt_rules, registry
from app.visits.line_rules import Account
from app.visits.source_contract import FIELDS, RECEIPTS
from tests import exports

NOW = datetime(2026, 11, 23, 5, 49, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "clock", "told"),
    [
        ("2026-11-20 14:03:22", "", "2026-11-20 14:03"),
        ("2026-11-20T14:03:22.000", "", "2026-11-20 14:03"),
        ("2026.11.20", "", "2026-11-20 12:00"),
        ("2026. 11. 2. 오후 3:05", "", "2026-11-02 15:05"),
        ("2026-11-20 오전 12:10:00", "", "2026-11-20 00:10"),
        ("2026년 11월 20일", "15:30", "2026-11-20 15:30"),
        ("20261120", "153000", "2026-11-20 15:30"),
        ("20261120143000", "", "2026-11-20 14:30"),
        ("26/11/20", "", "2026-11-20 12:00"),
        ("46346.5", "", "2026-11-20 12:00"),
        ("46346", "오후 2시 10분", "2026-11-20 14:10"),
        ("２０２６-１１-２０", "", "2026-11-20 12:00"),
        ("2026-13-40", "", None),
        ("2026-11-20 25:10", "", None),
        ("2026-11-20 23:60:00", "", None),
        ("2026-11-20T23:59:58", "", "2026-11-20 23:59"),
        ("0001-01-01 00:00:00", "", None),
        ("어제", "", None),
        ("", "", None),
    ],
)
def test_a_moment(cell: str, clock: str, told: str | None) -> None:
    found = cell_rules.read_moment(cell, clock)
    assert (found and found.astimezone(cell_rules.KST).strftime("%Y-%m-%d %H:%M")) == told


@pytest.mark.parametrize(
    ("cell", "won"),
    [
        ("12,000원", 12000),
        ("₩ 4,500", 4500),
        ("4500.0", 4500),
        ("(300)", -300),
        ("-3", -3),
        ("１,０００", 1000),
        ("무료", None),
        ("1e5", None),
    ],
)
def test_an_amount(cell: str, won: int | None) -> None:
    assert cell_rules.read_won(cell) == won


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("010-1234-5678", "+821012345678"),
        ("1012345678", "+821012345678"),
        ("1012345678.0", "+821012345678"),
        ("1.012345678E9", "+821012345678"),
        ("1.012345678E+09", "+821012345678"),
        ("8.21012345678E+11", "+821012345678"),
        ("+82 10 1234 5678", "+821012345678"),
        ("０１０.1234.5678", "+821012345678"),
        ("1.01E+09", ""),  # its digits are lost
        ("0504-1234-5678", ""),
        ("050412345678", ""),
        ("02-123-4567", ""),
        ("070-1234-5678", ""),
        ("1588-1234", ""),
        ("없음", ""),
    ],
)
def test_a_number(cell: str, phone: str) -> None:
    assert cell_rules.read_phone(cell) == phone


def test_a_passing_number_is_nobodys() -> None:
    assert all(
        cell_rules.is_safe_number(cell) for cell in ("0504-1234-5678", "050712345678", "504-1234-5678")
    )
    assert not any(cell_rules.is_safe_number(cell) for cell in ("010-5041-2345", "051-123-4567", ""))


@pytest.mark.parametrize(
    ("titles", "key", "must"),
    [
        (
            exports.SMARTSTORE,
            "smartstore",
            {
                "order": "주문번호",
                "at": "주문일시",
                "phone": "구매자연락처",
                "amount": "최종 상품별 총 주문금액",
            },
        ),
        (
            exports.COUPANG,
            "coupang",
            {"order": "주문번호", "phone": "구매자전화번호", "quantity": "구매수(수량)"},
        ),
        (
            exports.CAFE24,
            "cafe24",
            {
                "line": "품목별 주문번호",
                "total": "총 결제금액(KRW)",
                "phone": "주문자 휴대전화",
                "at": "발주일",
            },
        ),
        (exports.ESM, "esm", {"phone": "구매자 휴대폰", "buyer": "구매자아이디", "at": "주문일"}),
        (exports.OKPOS, "okpos", {"amount": "실매출액", "time": "결제시각", "order": "영수증번호"}),
        (exports.OTHER_POS, "other_pos", {"at": "결제일", "time": "결제시간", "amount": "합계"}),
        (["이름", "연락처", "생일"], "plain_people", {"name": "이름", "phone": "연락처"}),
        (["날짜", "손님", "전화", "메뉴", "금액"], "plain_orders", {"at": "날짜", "product": "메뉴"}),
    ],
)
@pytest.mark.parametrize("above", [0, 1, 3])
def test_every_source_is_known_by_its_titles(
    titles: list[str], key: str, must: dict[str, str], above: int
) -> None:
    guidance = [["※ 이 줄은 안내예요. 주문번호를 지우지 마세요."], [], ["2026년 11월", "주문"]][:above]
    found = header_rules.find([*guidance, titles], registry.sources())
    assert found is not None and (found.row, found.source) == (above, key)
    assert {name: titles[found.columns[name]] for name in must} == must
    # Where somebody lives, and what the customs ask for, goes no further.
    dropped = header_rules.left_out(titles, found.columns)
    assert not [
        title
        for title in titles
        if title not in dropped
        and any(w in title for w in ("주소", "배송지", "통관", "수취인", "수령인", "우편"))
    ]


def test_a_source_names_only_fields_that_there_are() -> None:
    for source in registry.sources().values():
        assert set(source.columns) <= set(FIELDS[source.kind]), source.key
        assert source.steps and all(step.endswith(("요.", "돼요.")) for step in source.steps)


def test_titles_nobody_knows_are_asked_about() -> None:
    found = header_rules.find([["회원 목록"], ["닉", "폰"], ["콩", "1"]], registry.sources())
    assert found is not None and (found.row, found.source) == (1, "")
    assert header_rules.find([["하나"], []], registry.sources()) is None


@pytest.mark.parametrize(
    "cell", ["010-1234-5678", "1012345678.0", "0504-1234-5678", "2026-11-20", "2026.11.20 14:03"]
)
def test_a_row_of_somebody_is_no_titles(cell: str) -> None:
    rows = [["손님들"], ["김민지", cell], ["한지우", cell]]
    assert header_rules.find(rows, registry.sources()) is None
    assert header_rules.find([["이름", "번호"], *rows], registry.sources()) is not None


def _orders(rows: list[list[str]], **columns: int) -> tuple[list[line_rules.Order], Account]:
    account = Account()
    titles = ["제목"] * (max(columns.values()) + 1)
    found = line_rules.read_orders(
        [titles, *rows], titles_in=0, columns=columns, titles=titles, now=NOW, account=account
    )
    assert account.lines == account.taken + len(account.left) + account.blank
    return found, account


def test_a_covered_account_is_somebody_only_with_a_name() -> None:
    rows = [
        ["A1", "2026-11-20", "김민지", "kim1****"],
        ["A2", "2026-11-20", "박서준", "kim1****"],
        ["A3", "2026-11-20", "김*지", "kim1****"],
        ["A4", "2026-11-20", "김*지", "kim1234"],
    ]
    found, _account = _orders(rows, order=0, at=1, name=2, buyer=3)
    assert [each.buyer for each in found] == ["kim1**** 김민지", "kim1**** 박서준", "", "kim1234"]


def test_a_large_order_is_as_large_as_it_is() -> None:
    rows = [[key, "2026-11-20", "김민지", won] for key, won in (("A1", "12,000,000"), ("A2", "100,000,000"))]
    for column in ("amount", "total"):
        found, account = _orders(rows, order=0, at=1, name=2, **{column: 3})
        assert [each.amount for each in found] == [12_000_000]
        assert account.left == [("odd_amount", 3)]


def test_no_resident_number_is_anybodys_name() -> None:
    found, account = _orders(
        [
            ["A1", "2026-11-20", "김민지 900101-1234567", "010-1234-5678"],
            ["A2", "2026-11-20", "우리동네 오래된 단골 김민지 님 900101-1234567", ""],
        ],
        order=0, at=1, name=2, phone=3,
    )  # fmt: skip
    assert [(each.name, each.phone) for each in found] == [("", "+821012345678")]
    assert account.left == [("no_who", 3)]


def test_the_lines_of_an_order_are_one() -> None:
    rows = [
        ["A1", "2026-11-20 10:00", "김민지", "010-1234-5678", "라떼", "2", "9000", ""],
        ["A2", "2026-11-20 11:00", "", "0504-1234-5678", "차", "1", "4000", "취소요청"],
        ["A1", "2026-11-20 09:00", "", "", "쿠키", "1", "3000", ""],
        ["A1", "2026-11-20 09:00", "", "", "쿠키", "1", "3000", "반품완료"],
        [],
        ["A3", "2026-11-20", "최하나", "", "차", "1", "무료", ""],
        ["", "2026-11-20", "최하나", "", "차", "1", "1", ""],
        ["A4", "1999-11-20", "최하나", "", "차", "1", "1", ""],
        ["A5", "2027-11-20", "최하나", "", "차", "1", "1", ""],
        ["A6", "2026-11-20", "", "", "차", "1", "1", ""],
        ["A7", "2026-11-20", "최하나", "", "차", "1", "1", "입금대기"],
        ["A8", "2026-11-20", "최하나", "", "차", "1", "5000", "취소완료"],
        ["제목"] * 8,
    ]
    names = ("order", "at", "name", "phone", "product", "quantity", "amount", "status")
    found, account = _orders(rows, **{name: place for place, name in enumerate(names)})
    one = next(order for order in found if order.key == "A1")
    assert (one.amount, one.items, one.lines, one.cancelled) == (
        12000,
        [("라떼", 2, 4500), ("쿠키", 1, 3000)],
        2,
        1,
    )
    assert (one.name, one.phone, one.at.hour) == ("김민지", "+821012345678", 0)
    assert next(order for order in found if order.key == "A8").lines == 0
    assert account.safe_numbers == 1
    reasons = [reason for reason, _line in account.left]
    assert reasons == [
        *(
            "no_who",
            "cancelled",
            "odd_amount",
            "no_order",
            "odd_day",
            "odd_day",
            "no_who",
            "unpaid",
            "cancelled",
        ),
        "titles",
    ]


def test_a_line_that_gives_money_back_takes_it_off_its_order() -> None:
    won = [
        ("A1", "10000"),
        ("A1", "-2000"),
        ("A2", "-9000"),
        ("A2", "9000"),
        ("A3", "-500"),
        ("A4", "(1000)"),
    ]
    rows = [[key, "2026-11-20", "김민지", amount] for key, amount in won]
    found, _account = _orders(rows, order=0, at=1, name=2, amount=3)
    assert [(each.key, each.lines, each.cancelled) for each in found] == [
        ("A1", 1, 1),
        ("A2", 0, 1),
        ("A3", 0, 1),
        ("A4", 0, 1),
    ]
    assert found[0].amount == 8000


def test_the_same_line_from_another_program_is_the_same() -> None:
    wrote = [
        ["2026-11-20", "김민지", "010-1111-2222", "4,500원", "라떼 "],
        ["2026. 11. 20.", " 김민지", "1011112222.0", "4500", "라떼"],
    ]
    keys = [_orders([row], at=0, name=1, phone=2, amount=3, product=4)[0][0].key for row in wrote]
    assert keys[0] == keys[1]


def test_a_line_without_a_number_has_a_key_of_its_own() -> None:
    rows = [
        ["2026-11-20", "김민지", "4500"],
        ["2026-11-20", "김민지", "4500"],
        ["2026-11-21", "김민지", "4500"],
    ]
    first, _ = _orders(rows, at=0, name=1, amount=2)
    again, _ = _orders([*rows, ["2026-11-22", "김민지", "4500"]], at=0, name=1, amount=2)
    assert len({order.key for order in first}) == 3
    assert [order.key for order in first] == [order.key for order in again][:3]


def test_a_list_is_read_line_by_line() -> None:
    account = Account()
    rows = [
        ["이름", "전화", "성별", "메모"],
        ["김민지", "010-1234-5678", "여", "라떼 연하게"],
        ["김민지", "01012345678", "", ""],
        ["박서준", "02-123-4567", "남자", "당뇨 있으심"],
        ["", "0504-1234-5678", "", ""],
        ["", "", "", "메모만"],
        [],
        ["박서준", "", "", "900101-1234567"],
    ]
    people = list_rules.read_people(
        rows,
        titles_in=0,
        columns={"name": 0, "phone": 1, "gender": 2, "memo": 3},
        titles=rows[0],
        account=account,
    )
    assert [(each.name, each.phone, each.gender, each.memo, each.nth) for each in people] == [
        ("김민지", "+821012345678", "f", "라떼 연하게", 0),
        ("박서준", "", "m", "", 0),
        ("박서준", "", "", "", 1),
    ]
    assert account.left == [("twice", 3), ("no_phone", 5), ("no_who", 6)]
    assert (account.lines, account.taken, account.blank, account.left_memos) == (8, 3, 2, 2)


@pytest.mark.parametrize(
    ("row", "is_somebody"),
    [
        (["합계", ""], False),
        (["합 계", "3명"], False),
        (["", "총계 : 1,204명"], False),
        (["3", "소계"], False),
        (["총합계:", ""], False),
        (["합계", "010-1111-2222"], True),
        (["한합계", ""], True),
        (["소계희", ""], True),
    ],
)
def test_a_line_of_sums_is_nobody(row: list[str], is_somebody: bool) -> None:
    account = Account()
    titles = ["이름", "전화"]
    people = list_rules.read_people(
        [titles, row], titles_in=0, columns={"name": 0, "phone": 1}, titles=titles, account=account
    )
    assert (len(people), account.left) == ((1, []) if is_somebody else (0, [("sum", 2)]))
    assert account.lines == account.taken + account.blank + len(account.left)


def _at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("receipts", "visits", "sure", "asked"),
    [
        ([(1, 0, 4500)], [(7, 3, None)], {1: 7}, set()),
        ([(1, 0, 4500)], [(7, 3, 4500), (8, 1, None)], {1: 7}, set()),  # the amount was typed
        ([(1, 0, 4500)], [(7, 3, 5000)], {}, set()),
        ([(1, 0, 4500)], [(7, 11, None)], {}, set()),
        ([(1, 0, 4500)], [(7, 3, None), (8, 1, None)], {}, {1}),
        ([(1, 0, 4500), (2, 4, 9000)], [(7, 3, None)], {}, {1, 2}),
        ([(1, 0, 4500), (2, 30, 9000)], [(7, 3, None), (8, 31, 9000)], {1: 7, 2: 8}, set()),
    ],
)
def test_a_receipt_finds_its_visit_or_asks(receipts: list, visits: list, sure: dict, asked: set) -> None:
    pairs = receipt_rules.fitting(
        [(i, _at(m), won) for i, m, won in receipts], [(i, _at(m), won) for i, m, won in visits]
    )
    assert receipt_rules.sure(pairs) == sure
    assert set(pairs) - set(sure) == asked


def test_receipts_of_a_till() -> None:
    account = Account()
    rows = [
        ["시각", "금액", "번호", "구분"],
        ["10:05:11", "4,500", "1", "매출"],
        ["10:09", "4500", "2", "반품"],
        ["", "", "3", ""],
        ["10:05:11", "4500", "1", "매출"],
    ]
    columns = {"time": 0, "amount": 1, "order": 2, "status": 3}
    found = receipt_rules.read_receipts(
        rows,
        titles_in=0,
        columns=columns,
        day=datetime(2026, 11, 20, tzinfo=UTC).date(),
        now=NOW,
        account=account,
    )
    assert [(each.amount, each.is_back) for each in found] == [(4500, False), (4500, True)]
    assert [reason for reason, _line in account.left] == ["odd_amount", "twice"]
    assert header_rules.missing(RECEIPTS, columns) is None
