"""What providers tell afterwards: results and refusals, posted by the bench and read by the channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from app.messages.channels import nhn, solapi
from app.messages.contract import Account, Letter, Report, Wire
from app.messages.providers import nhn as nhn_account
from launch.provider_bench.accounts import Hook
from tests.provider import Bench, running

Posted = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def posted() -> Posted:
    return []


@pytest.fixture
def bench(posted: Posted) -> Iterator[Bench]:
    """A bench whose posts are kept; it answers 200 for us."""

    def keep(url: str, headers: dict[str, str], body: bytes) -> int:
        posted.append((dict(headers), body))
        return 200

    with running(post=keep) as bench:
        bench.carrier.accounts.solapi[0].hook = Hook("http://shop.test/hooks/solapi/x", "known to both")
        bench.carrier.accounts.nhn[0].sms_hook = Hook("http://shop.test/hooks/nhn/x", "known to both")
        bench.carrier.accounts.nhn[0].ad_minutes = None
        yield bench


def sent(bench: Bench, channel: ModuleType, to: str) -> Account:
    """Send a text to a number and let its result be told; returns the account."""
    account = bench.account(channel.CAPABILITIES.account)
    letter = Letter(key=f"k{to[-4:]}", to=to, text="안녕하세요", at=datetime.now(UTC), account=account)
    wire = Wire(solapi_url=bench.url, nhn_sms_url=bench.url)
    channel.send([letter], wire, None)
    bench.postman.work()
    return account


def read(channel: ModuleType, posted: Posted, account: Account) -> list[list[Report] | str]:
    """Return what each post says, "refused" for one that is not believed."""
    told: list[list[Report] | str] = []
    for headers, body in posted:
        try:
            told.append(channel.parse_report(headers, body, account))
        except ValueError:
            told.append("refused")
    return told


BOTH = pytest.mark.parametrize("channel", [solapi, nhn], ids=lambda channel: channel.KEY)


@BOTH
@pytest.mark.parametrize(
    ("to", "arrived", "nobody"),
    [("+821012345678", True, False), ("+821011110000", False, True), ("+821011110001", False, False)],
)
def test_a_result_names_our_key(
    bench: Bench, posted: Posted, channel: ModuleType, to: str, arrived: bool, nobody: bool
) -> None:
    account = sent(bench, channel, to)
    ((report,),) = read(channel, posted, account)
    assert (report.key, report.delivered, report.dead_address) == (f"k{to[-4:]}", arrived, nobody)
    assert report.event_id
    assert json.loads(report.raw)


@BOTH
def test_a_forged_report_is_not_believed(bench: Bench, posted: Posted, channel: ModuleType) -> None:
    bench.mangling.play("forged")
    account = sent(bench, channel, "+821012345678")
    forged, true = read(channel, posted, account)
    assert forged == "refused"
    assert [report.delivered for report in true] == [True]


@BOTH
def test_without_a_word_of_our_own_nothing_is_believed(
    bench: Bench, posted: Posted, channel: ModuleType
) -> None:
    account = sent(bench, channel, "+821012345678")
    nobody = Account(shop_id=1, provider=account.provider, keys={**account.keys, "hook": ""})
    assert read(channel, posted, nobody) == ["refused"]
    assert read(
        channel, [({"X-Toast-Webhook-Signature": "", "X-SOLAPI-SECRET": ""}, posted[0][1])], nobody
    ) == ["refused"]


@BOTH
def test_a_report_twice_is_the_same_event(bench: Bench, posted: Posted, channel: ModuleType) -> None:
    bench.mangling.play("twice")
    account = sent(bench, channel, "+821012345678")
    first, again = read(channel, posted, account)
    assert first == again


@BOTH
def test_what_comes_late_in_the_wrong_order_says_nothing_new(
    bench: Bench, posted: Posted, channel: ModuleType
) -> None:
    bench.mangling.play("disordered")
    account = sent(bench, channel, "+821012345678")
    assert [len(told) for told in read(channel, posted, account)] == [1, 0]


@BOTH
@pytest.mark.parametrize(
    "body", [b"", b"[]x", b"{}", b'{"hooks": 5}', b"[5]", b'{"event": "UNSUBSCRIBE", "hooks": [5, {}]}']
)
def test_nonsense_is_refused_or_says_nothing(bench: Bench, channel: ModuleType, body: bytes) -> None:
    account = bench.account(channel.CAPABILITIES.account)
    headers = {"X-SOLAPI-SECRET": "known to both", "X-Toast-Webhook-Signature": "known to both"}
    assert read(channel, [(headers, body)], account) in (["refused"], [[]])


def test_who_calls_the_free_number_is_told_and_listed(bench: Bench, posted: Posted) -> None:
    account = bench.account("nhn")
    bench.postman.unsubscribe("0801234567", "01012345678")
    bench.postman.work()
    ((report,),) = read(nhn, posted, account)
    assert (report.opted_out, report.key, report.delivered) == ("+821012345678", "", False)
    wire, before = Wire(nhn_sms_url=bench.url), datetime.now(UTC) - timedelta(hours=1)
    listed = nhn_account.opt_outs(account, since=before, wire=wire)
    assert listed is not None
    assert [one.phone for one in listed] == ["+821012345678"]
    assert nhn_account.opt_outs(account, since=before + timedelta(hours=2), wire=wire) == []
    with bench.refusing():
        assert nhn_account.opt_outs(account, since=before, wire=wire) is None


# --- the account -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "sender", "trouble"),
    [({}, "0212345678", ""), ({"secret": "wrong"}, "0212345678", "keys"), ({}, "0299999999", "sender")],
)
def test_an_account_is_asked_before_it_is_used(
    bench: Bench, keys: dict[str, str], sender: str, trouble: str
) -> None:
    known = bench.account("nhn")
    account = Account(shop_id=1, provider="nhn", sender=sender, keys={**known.keys, **keys})
    standing = nhn_account.standing(account, Wire(nhn_sms_url=bench.url))
    assert (standing.trouble, standing.balance, standing.prices) == (trouble, None, None)


def test_a_text_passes_the_inspectors_or_not(bench: Bench) -> None:
    account, wire = bench.account("nhn"), Wire(nhn_talk_url=bench.url)
    about = ("적립",)

    def asked(text: str) -> str:
        laid = nhn_account.ask_approval(
            account,
            name="도장",
            text=text,
            button="내 카드 보기",
            link="https://a.kr/#{주소}",
            about=about,
            wire=wire,
        )
        assert (laid.state, laid.trouble) == ("asked", "")
        assert 0 < len(laid.code) <= 20
        return laid.code

    good, bad = asked("#{고객명} 님, 도장을 다 모았어요."), asked("#{고객명} 님, 오늘만 할인!")
    assert nhn_account.approval(account, code=good, wire=wire).state == "asked"
    bench.carrier.inspection.takes_s = 0.0
    approved = nhn_account.approval(account, code=good, wire=wire)
    assert (approved.state, approved.text) == ("approved", "#{고객명} 님, 도장을 다 모았어요.")
    refused = nhn_account.approval(account, code=bad, wire=wire)
    assert refused.state == "refused"
    assert "할인" in refused.words
    assert nhn_account.approval(account, code="nothing", wire=wire).trouble == "odd"


@pytest.mark.parametrize(
    ("name", "typed", "fits"),
    [
        ("app_key", "kZ9aB3xQ7LmN2pR5", True),
        ("app_key", "", False),
        ("free_call", "", True),
        ("free_call", "0801234567", True),
        ("free_call", "080-123-4567", True),
        ("free_call", "0212345678", False),
        ("talk_app_key", "", True),
    ],
)
def test_what_may_be_typed(name: str, typed: str, fits: bool) -> None:
    field = next(field for field in nhn_account.FIELDS if field.name == name)
    assert bool(field.looks_like.fullmatch(typed)) is fits
