"""The bench behaves as the providers' pages say: who may call, what is refused, what is remembered, what is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from launch.provider_bench.accounts import Hook
from tests.provider import Bench, running

SEND = "/messages/v4/send-many/detail"
# Two in the afternoon in Korea.
NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
AD = "(광고)달빛커피\n오늘도 고맙습니다\n무료수신거부 080-123-4567"


@pytest.fixture
def bench() -> Iterator[Bench]:
    with running(clock=lambda: NOON.timestamp()) as bench:
        yield bench


def signed(bench: Bench, at: datetime = NOON, salt: str = "", **changes: str) -> dict[str, str]:
    """Return the header of a call to SOLAPI."""
    account = bench.carrier.accounts.solapi[0]
    date, salt = at.isoformat(), salt or secrets.token_hex(16)
    secret = changes.get("secret", account.secret)
    signature = hmac.new(secret.encode(), f"{date}{salt}".encode(), hashlib.sha256).hexdigest()
    key = changes.get("key", account.key)
    return {"Authorization": f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"}


def call(
    bench: Bench, method: str, path: str, headers: dict[str, str], content: Any = None
) -> tuple[int, Any]:
    """Make a call; returns the status and the JSON of the answer."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(bench.url + path, method=method, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answered:
            return answered.status, json.loads(answered.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"{}")


def solapi_send(bench: Bench, *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Send messages, each a text from the registered number unless it says something else."""
    plain = {"to": "01012345678", "from": "0212345678", "text": "안녕하세요"}
    rows = [{**plain, **message} for message in messages]
    status, answer = call(bench, "POST", SEND, signed(bench), {"messages": rows, **more})
    assert status == 200, answer
    return dict(answer)


def nhn(bench: Bench, method: str, path: str, content: Any = None, **headers: str) -> dict[str, Any]:
    """Make a call to NHN's SMS or, with a path of /alimtalk, its AlimTalk."""
    account = bench.carrier.accounts.nhn[0]
    is_talk = path.startswith("/alimtalk")
    root = f"/alimtalk/v2.3/appkeys/{account.talk_key}" if is_talk else f"/sms/v3.0/appKeys/{account.sms_key}"
    known = {"X-Secret-Key": account.talk_secret if is_talk else account.sms_secret, **headers}
    return dict(call(bench, method, root + path.removeprefix("/alimtalk"), known, content)[1])


# --- SOLAPI ----------------------------------------------------------------------------------------


def test_solapi_knows_its_callers(bench: Bench) -> None:
    def answered(headers: dict[str, str]) -> tuple[int, str]:
        status, answer = call(bench, "GET", "/cash/v1/balance", headers)
        return status, answer.get("errorCode", "")

    assert answered({}) == (401, "Unauthorized")
    assert answered(signed(bench, key="NCSNOBODY")) == (403, "InvalidAPIKey")
    assert answered(signed(bench, secret="guess")) == (403, "SignatureDoesNotMatch")
    assert answered(signed(bench, NOON - timedelta(minutes=16))) == (403, "RequestTimeTooSkewed")
    assert answered(signed(bench, NOON + timedelta(minutes=16))) == (403, "RequestTimeTooSkewed")
    once = signed(bench, NOON - timedelta(minutes=14))
    assert answered(once) == (200, "")
    assert answered(once) == (403, "DuplicatedSignature")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"to": ""}, "1010"),
        ({"to": "010-abcd"}, "1011"),
        ({"type": "FAX"}, "1025"),
        ({"from": "0298765432"}, "1062"),
        ({"type": "SMS", "text": "가" * 45 + "a"}, "1031"),
        ({"type": "LMS", "text": "가" * 1000 + "a"}, "1031"),
        ({"type": "SMS", "subject": "제목"}, "1013"),
        ({"type": "LMS", "subject": "가" * 20 + "a"}, "1014"),
        ({"text": "안녕 😀"}, "1029"),
        ({"customFields": {"mid": 5}}, "1032"),
        ({"customFields": {"mid": "x" * 101}}, "1032"),
        ({"type": "MMS", "imageId": "nothing"}, "1034"),
        ({"type": "SMS", "kakaoOptions": {"pfId": "x"}}, "1033"),
        ({"type": "ATA", "kakaoOptions": {"pfId": "somebody's", "templateId": "x"}}, "1041"),
    ],
)
def test_solapi_refuses_a_message_by_its_code(bench: Bench, message: dict[str, Any], code: str) -> None:
    answer = solapi_send(bench, message)
    assert [one["statusCode"] for one in answer["failedMessageList"]] == [code]
    assert answer["groupInfo"]["count"]["registeredFailed"] == 1
    assert bench.carrier.parcels == {}


def test_solapi_counts_what_is_left_and_who_comes_twice(bench: Bench) -> None:
    account = bench.carrier.accounts.solapi[0]
    account.balance = 45.0
    answer = solapi_send(bench, {}, {}, {"to": "01012345679"}, {"to": "01012345670"}, showMessageList=True)
    assert [one["statusCode"] for one in answer["failedMessageList"]] == ["1026", "1030"]
    assert len(answer["messageList"]) == 2
    assert call(bench, "GET", "/cash/v1/balance", signed(bench))[1]["balance"] == 5.0


def test_solapi_lists_by_number_and_time_and_by_nothing_it_does_not_know(bench: Bench) -> None:
    for number in range(3):
        solapi_send(bench, {"customFields": {"mid": f"k{number}"}})
    listed = "/messages/v4/list?to=01012345678&limit=2&startDate="
    status, first = call(bench, "GET", f"{listed}{quote(NOON.isoformat())}", signed(bench))
    assert status == 200
    assert len(first["messageList"]) == 2
    rest = call(bench, "GET", f"/messages/v4/list?to=01012345678&startKey={first['nextKey']}", signed(bench))[
        1
    ]
    keys = [row["customFields"]["mid"] for page in (first, rest) for row in page["messageList"].values()]
    assert sorted(keys) == ["k0", "k1", "k2"]
    assert rest["nextKey"] is None
    later = quote((NOON + timedelta(seconds=1)).isoformat())
    assert call(bench, "GET", f"{listed}{later}", signed(bench))[1]["messageList"] == {}
    assert call(bench, "GET", "/messages/v4/list?customFields=k1", signed(bench))[0] == 400


def test_what_was_taken_is_remembered_after_a_restart(tmp_path: Path) -> None:
    log = tmp_path / "taken.jsonl"
    with running(log, clock=lambda: NOON.timestamp()) as bench:
        solapi_send(bench, {"customFields": {"mid": "k1"}})
        bench.postman.work()
        bench.postman.unsubscribe("0801234567", "01012345678")
    log.write_bytes(log.read_bytes() + b'{"what": "taken", "id": "half')
    with running(log, clock=lambda: NOON.timestamp()) as again:
        (parcel,) = again.carrier.parcels.values()
        assert (parcel.key, parcel.code, again.taken()) == ("k1", "4000", ["k1"])
        assert ("0801234567", "01012345678") in again.carrier.opt_outs
        solapi_send(again, {"to": "01012345679", "customFields": {"mid": "k2"}})
        assert again.taken() == ["k1", "k2"]


def test_a_report_is_posted_five_times_at_most() -> None:
    statuses, bodies = [500, 0, 404, 500, 500, 200], []

    def refuse(url: str, headers: object, body: bytes) -> int:
        bodies.append(json.loads(body)[0])
        return statuses.pop(0)

    with running(clock=lambda: NOON.timestamp(), post=refuse) as bench:
        bench.carrier.accounts.solapi[0].hook = Hook("http://shop.test/hook", "s")
        solapi_send(bench, {})
        bench.postman.work()
    assert [body["retryCount"] for body in bodies] == [0, 1, 2, 3, 4]
    assert len({body["eventDataId"] for body in bodies}) == 1


# --- NHN Cloud -------------------------------------------------------------------------------------


def _text(**changes: Any) -> dict[str, Any]:
    return {
        "body": "안녕하세요",
        "sendNo": "0212345678",
        "recipientList": [{"recipientNo": "01012345678", "recipientGroupingKey": "k1"}],
        **changes,
    }


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("/sender/sms", {"recipientList": []}, -2001),
        ("/sender/sms", {"recipientList": [{"recipientNo": "01012345678"}] * 1001}, -2016),
        ("/sender/sms", {"body": ""}, -2014),
        ("/sender/mms", {}, -2014),  # no title
        ("/sender/sms", {"body": "a" * 256}, -2015),
        ("/sender/sms", {"body": "😀"}, -2023),
        ("/sender/sms", {"sendNo": "0299999999"}, -2312),
        ("/sender/mms", {"title": "제목", "attachFileIdList": [7]}, -2004),
        ("/sender/ad-sms", {}, -6003),
        ("/sender/ad-sms", {"body": AD.replace("(광고)", "")}, -6003),
        ("/sender/ad-sms", {"body": AD.replace("080-123-4567", "080-999-9999")}, -6004),
        ("/nothing", {}, -9998),
    ],
)
def test_nhn_refuses_a_call_by_its_code(bench: Bench, path: str, changes: dict[str, Any], code: int) -> None:
    header = nhn(bench, "POST", path, _text(**changes))["header"]
    assert (header["isSuccessful"], header["resultCode"]) == (False, code)
    assert bench.carrier.parcels == {}


def test_nhn_cuts_what_is_too_long_and_stops_who_refused(bench: Bench) -> None:
    nhn(bench, "POST", "/sender/sms", _text(body="가" * 60))
    (parcel,) = bench.carrier.parcels.values()
    assert parcel.text == "가" * 45
    bench.postman.unsubscribe("0801234567", "01012345678")
    (result,) = nhn(bench, "POST", "/sender/ad-sms", _text(body=AD))["body"]["data"]["sendResultList"]
    assert result["resultCode"] == -6001


@pytest.mark.parametrize(("hour", "code"), [(14, "1000"), (21, "E919"), (7, "E919")])
def test_an_ad_at_night_does_not_arrive(hour: int, code: str) -> None:
    at = datetime(2026, 11, 26, tzinfo=UTC) + timedelta(hours=hour - 9)
    with running(clock=lambda: at.timestamp()) as bench:
        nhn(bench, "POST", "/sender/ad-sms", _text(body=AD))
        bench.postman.work()
        (parcel,) = bench.carrier.parcels.values()
    assert parcel.code == code


def test_nhn_lists_within_a_month(bench: Bench) -> None:
    nhn(bench, "POST", "/sender/sms", _text())
    november = "startRequestDate=2026-11-01%2000:00:00&endRequestDate=2026-11-30%2000:00:00"
    asked = f"/sender/sms?{november}&recipientGroupingKey="
    assert nhn(bench, "GET", f"{asked}k1")["body"]["totalCount"] == 1
    assert nhn(bench, "GET", f"{asked}k2")["body"]["totalCount"] == 0
    assert nhn(bench, "GET", "/sender/sms?recipientGroupingKey=k1")["header"]["resultCode"] == -2011
    year = november.replace("2026-11-01", "2026-01-01")
    assert nhn(bench, "GET", f"/sender/sms?{year}")["header"]["resultCode"] == -4000


def test_the_same_key_within_ten_minutes_fails_and_then_does_not() -> None:
    now = [NOON.timestamp()]
    with running(clock=lambda: now[0]) as bench:
        account = bench.carrier.accounts.nhn[0]
        sender = next(iter(account.profiles))
        bench.carrier.inspection.takes_s = 5.0
        text = {"templateCode": "c1", "templateName": "도장", "templateContent": "#{이름} 님, 도장 1개"}
        assert nhn(bench, "POST", f"/alimtalk/senders/{sender}/templates", text)["header"]["isSuccessful"]
        to = {
            "recipientNo": "01012345678",
            "templateParameter": {"이름": "콩이"},
            "recipientGroupingKey": "k1",
        }
        letter = {"senderKey": sender, "templateCode": "c1", "recipientList": [to]}

        def sent(once: str) -> int:
            key = {"X-NC-API-IDEMPOTENCY-KEY": once}
            return int(nhn(bench, "POST", "/alimtalk/messages", letter, **key)["header"]["resultCode"])

        assert sent("a") == -3005  # not approved yet
        now[0] += 5
        assert (sent("b"), sent("b"), sent("c")) == (0, -1005, 0)
        now[0] += 601
        assert sent("b") == 0
        assert bench.taken() == ["k1"] * 3


# --- the switch, and the page ----------------------------------------------------------------------


def test_a_fault_can_be_switched_on_from_outside(bench: Bench) -> None:
    where = f"/bench/{bench.server.secret}/faults"
    assert call(bench, "POST", "/bench/guess/faults", {}, {"fault": "429"})[0] == 404
    assert call(bench, "POST", where, {}, {"fault": "500_after", "times": 2})[0] == 200
    body = {"messages": [{"to": "01012345678", "from": "0212345678", "text": "안녕"}]}
    answers = [call(bench, "POST", SEND, signed(bench), body)[0] for _ in range(3)]
    assert answers == [500, 500, 200]
    assert len(bench.taken()) == 3


def test_the_page_shows_what_arrived(bench: Bench) -> None:
    solapi_send(bench, {"text": "안녕 <b>https://a.kr/x"}, {"to": "01011110000"})
    bench.postman.work()
    page = urllib.request.urlopen(f"{bench.url}/bench/{bench.server.secret}/", timeout=10).read().decode()
    assert "010-1234-5678" in page
    assert "안녕 &lt;b&gt;" in page
    assert '<a href="https://a.kr/x">' in page
    assert "못 받았어요(3032)" in page
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{bench.url}/bench/guess/", timeout=10)
