"""What may be written about a person and by a shop: tables."""

from __future__ import annotations

import pytest

from app.customers import rules as people
from app.customers.rules import CONSENT_KINDS, Details
from app.kit.refusals import Invalid
from app.shops import rules as shops


def _details(ticked: tuple[str, ...], *, name: str = "", phone: str = "010-2345-6789") -> Details:
    return Details(name=name, phone_raw=phone, **{kind: kind in ticked for kind in CONSENT_KINDS})


@pytest.mark.parametrize(
    ("ticked", "sent_back"),
    [
        (("ads", "ads_night"), {"ads"}),  # ads stand on marketing use
        (("marketing", "ads_night"), {"ads_night"}),  # night stands on ads
        (("marketing", "ads"), set()),
        (("marketing", "ads", "ads_night"), set()),
    ],
)
def test_a_consent_that_cannot_stand_is_sent_back(ticked: tuple[str, ...], sent_back: set[str]) -> None:
    details = _details(("age14", "required", *ticked))
    if sent_back:
        with pytest.raises(Invalid) as refused:
            people.clean_details(details)
        assert set(refused.value.fields) == sent_back
    else:
        answers = people.clean_details(details).answers
        assert {kind for kind, yes in answers.items() if yes} == {"age14", "required", *ticked}


@pytest.mark.parametrize(
    ("memo", "why"),
    [
        ("900101-1234567", "주민등록번호"),
        ("9001011234567", "주민등록번호"),
        ("주민번호900101-1234567입니다", "주민등록번호"),
        ("당뇨가 있어요", "건강"),
        ("고혈압 약 복용", "건강"),
        ("알러지 조심", "건강"),
        ("가" * 4001, "4,000자"),
    ],
)
def test_what_must_not_be_noted(memo: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.clean_notes(name="", memo=memo, likes="")
    assert why in refused.value.fields["memo"]


@pytest.mark.parametrize(
    "memo",
    ["가" * 4000, "😀" * 4000, "얼음 적게\r\n창가 자리", "콩이(강아지)랑 와요 🐶", "<script>alert(1)</script>", "010-1234-5678로 전화", "암막 커튼", "2026-11-23"],
)  # fmt: skip
def test_what_may_be_noted(memo: str) -> None:
    assert people.clean_notes(name="지우", memo=memo, likes="라떼 연하게")[1] == memo.replace("\r\n", "\n")


def test_the_latest_answer_holds() -> None:
    rows = [("ads", "grant"), ("ads", "withdraw"), ("marketing", "decline"), ("marketing", "grant")]
    nothing = dict.fromkeys((*CONSENT_KINDS, "ads_email", "ads_push", "days"), False)
    assert people.standing(rows) == {**nothing, "marketing": True}


@pytest.mark.parametrize(
    ("opens", "closes", "minutes"),
    [("09:00", "22:00", (540, 1320)), ("18:00", "02:00", (1080, 1560)), ("00:00", "00:00", (0, 1440)), ("9:05", "9:04", (545, 1984)), ("10:00:00", "11:30", (600, 690))],
)  # fmt: skip
def test_hours_may_pass_midnight(opens: str, closes: str, minutes: tuple[int, int]) -> None:
    assert shops.clean_hours(opens=opens, closes=closes) == minutes


@pytest.mark.parametrize("bad", ["", "24:00", "12:60", "열 시", "12", "-1:00", "12:0", "٠٩:٠٠ㅋ"])
def test_hours_that_are_none(bad: str) -> None:
    with pytest.raises(Invalid) as refused:
        shops.clean_hours(opens=bad, closes="22:00")
    assert set(refused.value.fields) == {"opens"}


@pytest.mark.parametrize(
    ("goal", "good"),
    [("2", True), ("10", True), ("30", True), ("1", False), ("31", False), ("0", False), ("-3", False), ("열", False), ("１０", False), ("1e1", False), ("", False), (" 10 ", True)],
)  # fmt: skip
def test_goals(goal: str, good: bool) -> None:
    if good:
        assert shops.clean_card_rule(goal=goal, reward_name="커피")[0] == int(goal)
    else:
        with pytest.raises(Invalid):
            shops.clean_card_rule(goal=goal, reward_name="커피")


@pytest.mark.parametrize("phone", ["02-123-4567", "010 1234 5678", "15881234", "0507-1234-5678"])
def test_contacts_that_can_be_called(phone: str) -> None:
    assert shops.clean_contact(f" {phone} ") == phone


@pytest.mark.parametrize("phone", ["", "전화 주세요", "12", "02-123-4567 (내선 2)", "http://x"])
def test_contacts_that_cannot(phone: str) -> None:
    with pytest.raises(Invalid):
        shops.clean_contact(phone)


@pytest.mark.parametrize(
    "password",
    ["", "short", "1234567890", "aaaaaaaaaaaa", "password123", "abababababab", "bomnalcafe", "x" * 201],
)
def test_passwords_that_are_too_easy(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        shops.clean_account(name="김사장", login="bomnalcafe", password=password)
    assert set(refused.value.fields) == {"password"}


@pytest.mark.parametrize(
    ("name", "mark"), [("달빛커피", "달"), ("(주)봄", "주"), ("★☆", "단"), ("A카페", "A"), ("", "단")]
)
def test_the_mark_is_the_first_syllable(name: str, mark: str) -> None:
    assert shops.first_syllable(name) == mark
