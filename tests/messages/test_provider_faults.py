"""Each channel of a shop's own account against the provider on the bench: what every way of failing means.

Only a clear no is a no; what a lost answer leaves unclear the look-up settles; the bench's log on disk is the judge.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import pytest

from app.messages import retries
from app.messages.channels import nhn, nhn_talk, solapi, solapi_talk
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
from launch.provider_bench.inspection import TalkTemplate
from tests.provider import Bench, faults, running
from tests.world import PUBLIC_URL

CHANNELS = [solapi, solapi_talk, nhn, nhn_talk]
AD = f"(광고)달빛커피\n\n김단골 님, 늘 고맙습니다.\n\n문의 02-123-4567\n무료수신거부 {PUBLIC_URL}/o/abcdefghijklmnopqrstuv"
NOTICE = "[달빛커피] 도장을 다 모았어요."
# A JPEG as far as a provider looks.
PHOTO = b"\xff\xd8\xff\xe0" + b"\x00" * 1000 + b"\xff\xd9"


SLOW = ("hang_after", "hang_before", "drip")
# What is slow is so for much longer; the call itself must be out before the caller's patience ends.
SLOW_S, PATIENCE_S = 10.0, 0.8


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with running(hang_s=SLOW_S) as bench:
        for account in (bench.carrier.accounts.solapi[0], bench.carrier.accounts.nhn[0]):
            bench.carrier.inspection.add(
                TalkTemplate(
                    code=f"{account.name[:3]}1",
                    account=account.name,
                    profile=next(iter(account.profiles)),
                    name="도장",
                    text="[달빛커피] #{고객명} 님, 도장을 다 모았어요.",
                    state="approved",
                )
            )
        bench.carrier.accounts.nhn[0].ad_minutes = None  # whatever hour the tests run at
        yield bench


@pytest.fixture
def bench(shared: Bench) -> Iterator[Bench]:
    yield shared
    shared.moody.calm()


def wire_to(bench: Bench) -> Wire:
    return Wire(public_url=PUBLIC_URL, solapi_url=bench.url, nhn_sms_url=bench.url, nhn_talk_url=bench.url)


def account_for(bench: Bench, channel: ModuleType) -> Account:
    return bench.account(channel.CAPABILITIES.account)


_made = iter(range(1, 1_000_000))


def a_letter(bench: Bench, channel: ModuleType, text: str = NOTICE, to: str = "+821012345678") -> Letter:
    template = None
    if channel.CAPABILITIES.is_template:
        code = "sol1" if channel is solapi_talk else "nhn1"
        template = Template(code=code, variables={"#{고객명}": "김단골"})
    return Letter(
        key=f"{next(_made):032d}",
        to=to,
        text=text,
        at=datetime.now(UTC),
        shop_name="달빛커피",
        is_ad=text == AD,
        template=template,
        account=account_for(bench, channel),
    )


def send(bench: Bench, channel: ModuleType, letter: Letter, deadline_s: float = 5.0) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retries, "CALL_DEADLINE_S", deadline_s)
        return channel.send([letter], wire_to(bench), None)[0]


def find(bench: Bench, channel: ModuleType, letter: Letter, deadline_s: float = 5.0) -> object:
    asked = Asked(key=letter.key, to=letter.to, at=letter.at, account=letter.account)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retries, "CALL_DEADLINE_S", deadline_s)
        return channel.find([asked], wire_to(bench))[0]


# --- what arrives ----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
def test_a_message_arrives_once_and_is_found_by_our_key(bench: Bench, channel: ModuleType) -> None:
    letter = a_letter(bench, channel)
    outcome = send(bench, channel, letter)
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    parcel = next(one for one in bench.carrier.parcels.values() if one.key == letter.key)
    assert (parcel.to, bench.taken().count(letter.key)) == ("01012345678", 1)
    assert parcel.form == ("ATA" if channel.CAPABILITIES.is_template else "SMS")
    assert isinstance(find(bench, channel, letter), Found)
    assert isinstance(find(bench, channel, replace(letter, key="never sent")), Absent)


@pytest.mark.parametrize(
    ("text", "photo", "form"),
    [
        ("가" * 45, b"", "SMS"),
        ("가" * 45 + "a", b"", "LMS"),
        ("가" * 1000, b"", "LMS"),
        (NOTICE, PHOTO, "MMS"),
    ],
)
@pytest.mark.parametrize("channel", [solapi, nhn], ids=lambda channel: channel.KEY)
def test_a_text_takes_the_form_its_length_wants(
    bench: Bench, channel: ModuleType, text: str, photo: bytes, form: str
) -> None:
    letter = replace(a_letter(bench, channel, text), photo=photo)
    assert isinstance(send(bench, channel, letter), Accepted)
    parcel = next(one for one in bench.carrier.parcels.values() if one.key == letter.key)
    assert (parcel.form, parcel.text) == (form, text)
    assert [bench.carrier.file(name) for name in parcel.photos] == ([PHOTO] if photo else [])
    assert isinstance(find(bench, channel, letter), Found)


def test_an_ad_over_nhn_ends_with_its_free_number(bench: Bench) -> None:
    letter = a_letter(bench, nhn, AD)
    assert isinstance(send(bench, nhn, letter), Accepted)
    parcel = next(one for one in bench.carrier.parcels.values() if one.key == letter.key)
    assert parcel.is_ad
    assert parcel.text.startswith("(광고)달빛커피\n")
    assert parcel.text.endswith(f"무료수신거부 {PUBLIC_URL}/o/abcdefghijklmnopqrstuv\n무료거부 0801234567")
    without = replace(letter.account, keys={**letter.account.keys, "free_call": ""})
    assert isinstance(send(bench, nhn, replace(letter, account=without)), Rejected)
    assert bench.taken().count(letter.key) == 1


# --- what fails ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*faults.AFTER, *faults.BEFORE])
@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
def test_what_becomes_of_a_message_when_its_call_fails(bench: Bench, channel: ModuleType, fault: str) -> None:
    letter = a_letter(bench, channel)
    bench.moody.play(fault)
    outcome = send(bench, channel, letter, deadline_s=PATIENCE_S if fault in SLOW else 5.0)
    if fault == "429":
        assert isinstance(outcome, Rejected)
        assert (outcome.permanent, outcome.retry_after_s) == (False, 1.0)
    else:
        assert isinstance(outcome, Unknown), fault
    was_taken = fault in faults.AFTER
    assert bench.taken().count(letter.key) == was_taken
    assert isinstance(find(bench, channel, letter), Found if was_taken else Absent)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
def test_a_closed_port_took_nothing(bench: Bench, channel: ModuleType) -> None:
    letter = a_letter(bench, channel)
    with bench.refusing():
        outcome = send(bench, channel, letter)
        assert isinstance(find(bench, channel, letter), NoAnswer)
    assert isinstance(outcome, Rejected)
    assert outcome.transport
    assert letter.key not in bench.taken()


@pytest.mark.parametrize("fault", faults.LOOKUP)
@pytest.mark.parametrize("channel", [solapi, nhn, nhn_talk], ids=lambda channel: channel.KEY)
def test_a_lookup_that_fails_says_nothing(bench: Bench, channel: ModuleType, fault: str) -> None:
    letter = a_letter(bench, channel)
    bench.moody.play(fault, lookups=True)
    assert isinstance(find(bench, channel, letter, PATIENCE_S if fault in SLOW else 5.0), NoAnswer)


def test_half_of_a_batch_turned_away_is_half_of_a_batch(bench: Bench) -> None:
    letters = [a_letter(bench, solapi, to=f"+8210123456{number}") for number in range(10, 14)]
    bench.moody.play("partial")
    outcomes = solapi.send(letters, wire_to(bench), None)
    assert [type(outcome) for outcome in outcomes] == [Rejected, Accepted, Rejected, Accepted]
    taken = bench.taken()
    assert [letter.key in taken for letter in letters] == [False, True, False, True]


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
def test_a_wrong_key_is_about_the_account_and_not_about_the_message(
    bench: Bench, channel: ModuleType
) -> None:
    letter = a_letter(bench, channel)
    wrong = {
        name: "WRONGWRONGWRONG0" if "secret" in name else value for name, value in letter.account.keys.items()
    }
    outcome = send(bench, channel, replace(letter, account=replace(letter.account, keys=wrong)))
    assert isinstance(outcome, Rejected)
    assert (outcome.is_try, outcome.permanent) == (False, False)
    assert "키를" in outcome.account
    assert letter.key not in bench.taken()


@pytest.mark.parametrize("channel", [solapi, nhn], ids=lambda channel: channel.KEY)
def test_a_sender_nobody_registered_is_about_the_account(bench: Bench, channel: ModuleType) -> None:
    letter = a_letter(bench, channel)
    outcome = send(bench, channel, replace(letter, account=replace(letter.account, sender="0299999999")))
    assert isinstance(outcome, Rejected)
    assert not outcome.is_try
    assert "발신번호" in outcome.account


def test_an_idempotency_key_that_was_used_is_no_answer(bench: Bench) -> None:
    """-1005 says that a call with this key came before, not what became of it."""
    letter = a_letter(bench, nhn_talk)
    assert isinstance(send(bench, nhn_talk, letter), Accepted)
    assert isinstance(send(bench, nhn_talk, letter), Unknown)
    assert isinstance(find(bench, nhn_talk, letter), Found)
    assert bench.taken().count(letter.key) == 1


# --- never twice -----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.KEY)
def test_no_key_is_taken_twice_whatever_fails(bench: Bench, channel: ModuleType) -> None:
    """Forty letters, a third of the calls going wrong, and the rules of the outbox: unknown is asked about."""
    dice = random.Random(f"never twice: {channel.KEY}")
    quick = [fault for fault in faults.NAMES if fault not in (*SLOW, "huge")]
    letters = [a_letter(bench, channel) for _ in range(40)]
    states = dict.fromkeys((letter.key for letter in letters), "ready")
    for _ in range(12):
        for letter in letters:
            if dice.random() < 0.35:
                fault = dice.choice(quick)
                bench.moody.play(fault, lookups=False)
            if states[letter.key] == "ready":
                outcome = send(bench, channel, letter)
                assert not (isinstance(outcome, Rejected) and outcome.permanent), outcome
                states[letter.key] = (
                    "sent"
                    if isinstance(outcome, Accepted)
                    else "unknown"
                    if isinstance(outcome, Unknown)
                    else "ready"
                )
            elif states[letter.key] == "unknown":
                answer = find(bench, channel, letter)
                if isinstance(answer, Found):
                    states[letter.key] = "sent"
                elif isinstance(answer, Absent):
                    # A key of NHN's rests ten minutes: here they pass at once.
                    bench.carrier.once.clear()
                    states[letter.key] = "ready"
            bench.moody.calm()
    taken = bench.taken()
    assert [taken.count(letter.key) for letter in letters] == [1] * len(letters)
    assert set(states.values()) == {"sent"}
    assert bench.doubles() == []
