"""SOLAPI's client and its two channels: what goes over the line, and what each answer means."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from app.kit.text import carrier_bytes
from app.messages.channels import solapi, solapi_talk
from app.messages.contract import (
    Absent,
    Accepted,
    Account,
    Asked,
    Found,
    Letter,
    NoAnswer,
    Outcome,
    Rejected,
    Template,
    Unknown,
    Wire,
)
from app.messages.providers import solapi as provider
from app.messages.providers.solapi_templates import fitting
from tests.messages.solapi_desk import KEY, PROFILE, SECRET, SENDER, Desk, a_desk
from tests.messages.world import answer
from tests.world import START

JPEG = b"\xff\xd8" + b"j" * 200
TO = "+821012345678"


@pytest.fixture(scope="module")
def _desk() -> Iterator[Desk]:
    with a_desk() as running:
        yield running


@pytest.fixture
def desk(_desk: Desk) -> Desk:
    """The provider, with nothing left from the last test."""
    fresh = Desk(url=_desk.url)
    _desk.__dict__.update(fresh.__dict__)
    return _desk


def an_account(shop_id: int = 1, **changes: Any) -> Account:
    keys = {"api_key": KEY, "api_secret": SECRET, "hook": "shh"}
    about: dict[str, Any] = {"sender": SENDER, "keys": keys, "settings": {"profile": PROFILE}, **changes}
    return Account(shop_id=shop_id, provider="solapi", **about)


def a_letter(key: str = "k1", text: str = "[달빛커피] 안녕하세요", **changes: Any) -> Letter:
    about: dict[str, Any] = {
        "to": TO,
        "at": START,
        "shop_name": "달빛커피",
        "account": an_account(),
        **changes,
    }
    return Letter(key=key, text=text, **about)


def send(desk: Desk, *letters: Letter) -> list[Outcome]:
    return solapi.send(letters, Wire(solapi_url=desk.url), None)


# --- texts -----------------------------------------------------------------------------------------


def test_many_texts_are_one_call_and_one_answer_each(desk: Desk) -> None:
    desk.codes["01011112222"] = "1060"
    long = "가" * 46
    outcomes = send(
        desk, a_letter("a"), a_letter("b", long), a_letter("c", to="+821011112222"), a_letter("d", to=TO)
    )
    assert outcomes == [
        Accepted("M4V00001"),
        Accepted("M4V00002"),
        Rejected("1060", permanent=True),
        Accepted("M4V00004"),
    ]
    assert desk.calls == ["POST /messages/v4/send-many/detail"]
    short, second, *_ = desk.bodies[0]["messages"]
    assert short == {
        "to": "01012345678",
        "from": SENDER,
        "customFields": {"mid": "a"},
        "text": "[달빛커피] 안녕하세요",
        "type": "SMS",
        "autoTypeDetect": False,
    }
    assert (second["type"], second["subject"]) == ("LMS", "[달빛커피]")
    assert desk.bodies[0]["allowDuplicates"] is True


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("가" * 45, "SMS"),
        ("가" * 45 + "a", "LMS"),
        ("뷁" * 45, "SMS"),
        ("가" * 45 + "😀", "SMS"),
        ("—" * 90, "SMS"),
    ],
)
def test_the_form_is_said_by_bytes_as_carriers_count(desk: Desk, text: str, form: str) -> None:
    send(desk, a_letter(text=text))
    sent = desk.bodies[0]["messages"][0]
    assert sent["type"] == form
    assert "😀" not in sent["text"] and "—" not in sent["text"]


def test_what_no_carrier_takes_is_not_even_tried(desk: Desk) -> None:
    too_long, too_large = send(desk, a_letter(text="가" * 1001), a_letter("k2", photo=JPEG * 1100))
    assert isinstance(too_long, Rejected) and too_long.permanent
    assert isinstance(too_large, Rejected) and too_large.permanent
    assert desk.calls == []


def test_an_ads_title_says_so_and_fits(desk: Desk) -> None:
    name = "아주 긴 이름을 가진 우리 동네 달빛커피 로스터스"
    send(desk, a_letter(text=f"(광고){name}\n" + "가" * 60, is_ad=True, shop_name=name))
    subject = desk.bodies[0]["messages"][0]["subject"]
    assert subject.startswith("(광고)아주 긴") and carrier_bytes(subject) <= 40


def test_a_picture_is_laid_ready_once_for_all_whom_it_goes_to(desk: Desk) -> None:
    outcomes = send(desk, a_letter("a", photo=JPEG), a_letter("b", photo=JPEG), a_letter("c"))
    assert all(isinstance(each, Accepted) for each in outcomes)
    assert [base64.b64decode(file) for file in desk.files] == [JPEG]
    assert [(row["type"], row.get("imageId")) for row in desk.messages] == [
        ("MMS", "ST1"),
        ("MMS", "ST1"),
        ("SMS", None),
    ]


def test_each_shop_goes_over_its_own_account(desk: Desk) -> None:
    wrong = an_account(2, keys={"api_key": "SOMEBODYELSE", "api_secret": "x"})
    mine, theirs, nobodys = send(
        desk, a_letter("a"), a_letter("b", account=wrong), a_letter("c", account=None)
    )
    assert isinstance(mine, Accepted)
    assert isinstance(theirs, Rejected) and "이 키를 모른다고 해요" in theirs.account
    assert isinstance(nobodys, Rejected) and not nobodys.is_try


# --- what an answer means --------------------------------------------------------------------------

Hand = Callable[[BaseHTTPRequestHandler, Desk, Any], None]


def _says(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Hand:
    raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return lambda handler, desk, wanted: answer(handler, status, raw, headers)


def _takes_then(status: int) -> Hand:
    def hand(handler: BaseHTTPRequestHandler, desk: Desk, wanted: Any) -> None:
        desk.take(wanted["messages"])
        answer(handler, status)

    return hand


def _hangs_up(handler: BaseHTTPRequestHandler, desk: Desk, wanted: Any) -> None:
    desk.take(wanted["messages"])
    handler.connection.close()


@pytest.mark.parametrize(
    ("hand", "is_unknown", "expected"),
    [
        (_takes_then(500), True, {}),
        (_takes_then(502), True, {}),
        (_hangs_up, True, {}),
        (_says(200, b"<html>"), True, {}),
        (_says(200, [1]), True, {}),
        (_says(200, {"messageList": []}), True, {}),
        (_says(200, {"messageList": [{"customFields": {"mid": "k1"}}]}), True, {}),
        (_says(302, headers={"Location": "/x"}), True, {}),
        (_says(408), True, {}),
        (_says(401), False, {"is_try": False, "permanent": False}),
        (_says(403, {"errorCode": "SignatureDoesNotMatch"}), False, {"is_try": False, "permanent": False}),
        (_says(402, {"errorCode": "NotEnoughBalance"}), False, {"is_try": False, "permanent": False}),
        (_says(400, {"errorCode": "NotEnoughBalance"}), False, {"is_try": False, "permanent": False}),
        (_says(429, headers={"Retry-After": "7"}), False, {"retry_after_s": 7.0, "permanent": False}),
        (_says(429), False, {"retry_after_s": 5.0, "permanent": False}),
        (_says(400, {"errorCode": "ValidationError"}), False, {"permanent": True}),
    ],
)
def test_only_a_clear_no_is_a_no(desk: Desk, hand: Hand, is_unknown: bool, expected: dict[str, Any]) -> None:
    desk.script = [hand]
    (outcome,) = send(desk, a_letter())
    assert isinstance(outcome, Unknown) == is_unknown, outcome
    for name, value in expected.items():
        assert getattr(outcome, name) == value, outcome


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("1062", {"is_try": False, "permanent": False}, "발신번호가 등록되어 있지 않아요"),
        ("1030", {"is_try": False, "permanent": False}, "남은 돈이 모자라요"),
        ("1064", {"is_try": False, "permanent": False}, "막아 두었다고"),
        ("3032", {"permanent": True, "dead_address": True}, ""),
        ("1061", {"permanent": True, "dead_address": False}, ""),
        ("1024", {"permanent": False, "is_try": True}, ""),
    ],
)
def test_each_code_is_of_the_account_or_of_the_message(
    desk: Desk, code: str, expected: dict[str, Any], words: str
) -> None:
    desk.codes["01012345678"] = code
    (outcome,) = send(desk, a_letter())
    assert isinstance(outcome, Rejected)
    assert words in outcome.account and bool(words) == bool(outcome.account)
    for name, value in expected.items():
        assert getattr(outcome, name) == value, outcome


def test_one_bad_message_costs_the_others_nothing(desk: Desk) -> None:
    desk.script = [_says(400, {"errorCode": "ValidationError"})]
    assert [type(each) for each in send(desk, a_letter("a"), a_letter("b"))] == [Accepted, Accepted]
    assert len(desk.calls) == 2 and len(desk.bodies) == 3


def test_nobody_there_is_no_try_of_the_message() -> None:
    (outcome,) = solapi.send([a_letter()], Wire(solapi_url="http://127.0.0.1:9"), None)
    assert isinstance(outcome, Rejected) and outcome.transport


def test_a_real_address_may_not_lie_in_this_network() -> None:
    """Only the settings name an address of this machine; a name that points here is not called (S13)."""
    from app.messages.contract import SOLAPI_URL
    from app.messages.providers import solapi_http

    assert SOLAPI_URL == "https://api.solapi.com"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solapi_http, "SOLAPI_URL", "http://localhost:9")
        (outcome,) = solapi.send([a_letter()], Wire(solapi_url="http://localhost:9"), None)
    assert isinstance(outcome, Rejected) and "public" in outcome.detail


# --- looking up ------------------------------------------------------------------------------------


def _asked(key: str, **changes: Any) -> Asked:
    return Asked(**{"key": key, "to": TO, "at": START, "account": an_account(), **changes})


def test_a_lost_answer_is_looked_up_by_number_and_key(desk: Desk) -> None:
    desk.script = [_takes_then(500)]
    send(desk, a_letter("lost"))
    desk.page = 2  # several pages
    send(desk, *(a_letter(f"other{n}") for n in range(5)))
    wire = Wire(solapi_url=desk.url)
    asked = [_asked("lost"), _asked("never"), _asked("lost", to=""), _asked("lost", account=None)]
    assert solapi.find(asked, wire) == [Found("M4V00001"), Absent(), NoAnswer(), NoAnswer()]
    assert solapi_talk.find([_asked("lost")], wire) == [Found("M4V00001")]


def test_what_was_turned_away_never_came_but_a_later_try_may_have(desk: Desk) -> None:
    desk.codes["01012345678"] = "1030"
    send(desk, a_letter("twice"))
    wire = Wire(solapi_url=desk.url)
    (absent,) = solapi.find([_asked("twice")], wire)
    assert isinstance(absent, Absent) and absent.report is not None
    assert (absent.report.delivered, absent.report.detail) == (False, "1030")
    desk.codes.clear()
    send(desk, a_letter("twice"))
    desk.codes["01012345678"] = "1030"
    send(desk, a_letter("twice"))
    assert solapi.find([_asked("twice")], wire) == [Found("M4V00002")]
    wrong = _asked("twice", account=an_account(keys={"api_key": "x", "api_secret": "y"}))
    assert solapi.find([wrong], wire) == [NoAnswer()]


# --- reports ---------------------------------------------------------------------------------------


def _event(code: str, key: str = "k1", **more: Any) -> dict[str, Any]:
    return {"eventDataId": f"E{code}", "retryCount": 0, "data": {"messageId": "M1", "statusCode": code,
            "customFields": {"mid": key}}, **more}  # fmt: skip


@pytest.mark.parametrize("secret", ["shh", hashlib.sha1(b"shh", usedforsecurity=False).hexdigest()])
def test_reports_are_read_in_both_forms(secret: str) -> None:
    events = [
        _event("4000"),
        _event("3032", "k2"),
        _event("3000"),  # on its way: no news
        {"messageId": "M9", "statusCode": "3043", "customFields": {"mid": "k3"}},  # as some receive it
        {"eventDataId": "E0", "data": {"statusCode": "4000"}},  # none of ours
        7,
    ]
    headers = {"X-Solapi-Secret": secret, "X-SOLAPI-EVENT-NAME": "SINGLE-REPORT"}
    reports = solapi.parse_report(headers, json.dumps(events).encode(), an_account())
    assert [(each.event_id, each.key, each.delivered, each.dead_address) for each in reports] == [
        ("E4000", "k1", True, False),
        ("E3032", "k2", False, True),
        ("M9:3043", "k3", False, False),
    ]
    groups = {**headers, "X-SOLAPI-EVENT-NAME": "GROUP-REPORT"}
    assert solapi_talk.parse_report(groups, json.dumps(events).encode(), an_account()) == []


@pytest.mark.parametrize(
    ("headers", "body", "account"),
    [
        ({"X-SOLAPI-SECRET": "wrong"}, b"[]", an_account()),
        ({}, b"[]", an_account()),
        ({"X-SOLAPI-SECRET": ""}, b"[]", an_account(keys={})),
        ({"X-SOLAPI-SECRET": "shh"}, b"[]", None),
        ({"X-SOLAPI-SECRET": "shh"}, b"{", an_account()),
        ({"X-SOLAPI-SECRET": "shh"}, b'{"a": 1}', an_account()),
    ],
)
def test_a_forged_report_is_refused(headers: dict[str, str], body: bytes, account: Account | None) -> None:
    with pytest.raises(ValueError):
        solapi.parse_report(headers, body, account)


# --- AlimTalk --------------------------------------------------------------------------------------


def test_an_approved_text_goes_with_its_variables_and_no_text_instead(desk: Desk) -> None:
    template = Template(code="KA01TP1", variables={"#{고객명}": "한지우"})
    wire = Wire(solapi_url=desk.url)
    good, ad, bare, homeless = solapi_talk.send(
        [
            a_letter("a", template=template),
            a_letter("b", template=template, is_ad=True),
            a_letter("c"),
            a_letter("d", template=template, account=an_account(3, settings={})),
        ],
        wire,
        None,
    )
    assert isinstance(good, Accepted)
    for refused in (ad, bare, homeless):
        assert isinstance(refused, Rejected) and refused.permanent
    assert desk.bodies[0]["messages"] == [
        {
            "to": "01012345678",
            "from": SENDER,
            "customFields": {"mid": "a"},
            "type": "ATA",
            "kakaoOptions": {
                "pfId": PROFILE,
                "templateId": "KA01TP1",
                "variables": {"#{고객명}": "한지우"},
                "disableSms": True,
            },
        }
    ]


def test_the_category_is_the_best_that_is_there() -> None:
    rows = [
        {"code": "1", "name": "회원가입"},
        {"code": "2", "name": "포인트적립"},
        {"code": "9", "name": "기타"},
    ]
    assert fitting(rows, ("쿠폰", "포인트")) == "2"
    assert fitting(rows[:1], ("쿠폰",)) == "1"
    assert fitting({"a": 1}, ("쿠폰",)) == ""


# --- the account itself ----------------------------------------------------------------------------


def test_what_is_left_and_what_it_costs(desk: Desk) -> None:
    wire = Wire(solapi_url=desk.url)
    told = provider.standing(an_account(), wire)
    assert (told.balance, told.prices) == (4321, {"sms": 18, "lms": 46, "mms": 110, "talk": 13})
    for odd in ([{"countryId": "1", "sms": 1}], {"countryId": "82", "sms": -1}, "no"):
        desk.prices = odd
        assert provider.standing(an_account(), wire).prices is None
    assert provider.standing(an_account(keys={"api_key": "x", "api_secret": "y"}), wire).trouble == "keys"
    assert provider.standing(an_account(), Wire(solapi_url="http://127.0.0.1:9")).trouble == "away"


def test_who_called_the_080_number(desk: Desk) -> None:
    wire = Wire(solapi_url=desk.url)
    found = provider.opt_outs(an_account(), since=START, wire=wire)
    assert found is not None and [each.phone for each in found] == ["+821099998888"]
    assert provider.opt_outs(an_account(keys={}), since=START, wire=wire) is None


def test_no_secret_is_printed() -> None:
    assert SECRET not in repr(an_account()) and SECRET not in repr(a_letter())
