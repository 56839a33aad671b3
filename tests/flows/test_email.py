"""An e-mail address: double opt-in, one refusal for everything, and what becomes of it in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.customers.models import Consent, Customer, OptOutLink, Suppression
from app.extensions import db
from app.flows import email, privacy
from app.flows.email import MailLinkGone
from app.kit.refusals import Invalid, NotHere
from app.messages.models import AdGrant, Message
from tests import factories, world
from tests.factories import ACustomer, AShop
from tests.flows.mailing import a_mailing_shop, confirm, drain, give, mailed, token_of
from tests.messages.mail_server import Mailbox
from tests.world import Clock


@pytest.fixture
def mailbox(app: Flask, shop: AShop) -> Iterator[Mailbox]:
    with a_mailing_shop(app, shop) as server:
        yield server


def said(who: ACustomer) -> list[tuple[str, str]]:
    db.session.rollback()
    query = db.select(Consent.kind, Consent.action).where(Consent.customer_id == who.id).order_by(Consent.id)
    return [(row.kind, row.action) for row in db.session.execute(query)][5:]


def messages(who: ACustomer, **where: str) -> list[Message]:
    db.session.rollback()
    return list(db.session.query(Message).filter_by(customer_id=who.id, **where).order_by(Message.id))


def test_nothing_but_the_question_goes_out_before_the_answer(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    give(shop, jiwoo, " Jiwoo@Home.test ")
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=3)
    drain()
    (mail,) = mailbox.taken
    assert mail["To"] == "jiwoo@home.test"
    assert mail["Subject"] == "[봄날커피] 이메일 주소 확인"
    link = f"https://dangol.test/s/{shop.code}/email/{token_of(jiwoo)}"
    assert link in mail.get_content()
    assert mail["List-Unsubscribe"] is None
    assert said(jiwoo) == [("ads_email", "grant")]
    assert [row.channel for row in messages(jiwoo, kind="thank_you")] == ["card", "own_phone"]


def test_after_the_button_ads_come_by_mail(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    assert confirm(shop, token_of(jiwoo)) == "jiwoo@home.test"  # twice says the same
    drain()
    told = [mail["Subject"] for mail in mailbox.taken]
    assert told == ["[봄날커피] 이메일 주소 확인", "[봄날커피] 동의 처리 안내"]
    assert "광고 이메일 수신에 동의하셨어요" in mailbox.taken[1].get_content()
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=8)  # night: e-mail may go (망법 시행령 61조②)
    drain()
    drain()
    ad = mailbox.taken[-1]
    assert ad["Subject"] == "(광고) 봄날커피 감사 인사"
    token = db.session.scalars(db.select(OptOutLink.token)).one()
    assert ad["List-Unsubscribe"] == f"<https://dangol.test/o/{token}>"
    assert [(row.channel, row.state) for row in messages(jiwoo, kind="thank_you")] == [
        ("card", "sent"),
        ("email", "sent"),
    ]
    assert len(mailbox.taken) == 3
    assert db.session.query(AdGrant).count() == 1


def test_two_taps_on_the_button_at_once_are_one_yes(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox
) -> None:
    give(shop, jiwoo)
    token, master, now = token_of(jiwoo), factories.master(), factories.now()
    works = [lambda: email.confirm(shop_id=shop.id, token=token, master=master, now=now)] * 4
    assert world.all_at_once(app, works) == ["jiwoo@home.test"] * 4
    told = [row.channel for row in messages(jiwoo, kind="consent_result")]
    assert told[-2:] == ["card", "email"]
    assert told.count("email") == 1


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "typed", ["", "지우", "a@b", "a b@c.kr", "a@b..kr", "가@나.kr", "a@b.kr\nBcc: c@d.kr", "x" * 65 + "@b.kr"]
)
def test_what_is_no_address_is_told(shop: AShop, jiwoo: ACustomer, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        give(shop, jiwoo, typed)
    assert "이메일 주소를" in refusal.value.fields["email"]
    assert said(jiwoo) == []


def test_it_stands_on_a_number_and_ads_on_the_marketing_consent(
    shop: AShop, minho: ACustomer, mailbox: Mailbox
) -> None:
    with pytest.raises(Invalid, match="번호를 먼저"):
        give(shop, minho)
    who = factories.a_customer(shop, name="박민호", phone=factories.a_number())
    with pytest.raises(Invalid) as refusal:
        give(shop, who)
    assert list(refusal.value.fields) == ["ads_email"]
    mailed(shop, who, ads=False)
    assert said(who) == [("ads_email", "decline")]
    with pytest.raises(Invalid):
        privacy.change_consent(
            shop_id=shop.id, customer_id=who.id, kind="ads_email", grant=True, ip="", user_agent="",
            master=factories.master(), now=factories.now(),
        )  # fmt: skip


def test_withdrawing_marketing_takes_mail_along(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    privacy.change_consent(
        shop_id=shop.id, customer_id=jiwoo.id, kind="marketing", grant=False, ip="", user_agent="",
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    assert said(jiwoo)[1:] == [(kind, "withdraw") for kind in ("marketing", "ads", "ads_night", "ads_email")]
    assert [row.state for row in messages(jiwoo, kind="thank_you", channel="email")] == ["cancelled"]


def test_the_details_form_takes_it_along_too(shop: AShop, jiwoo: ACustomer, mailbox: Mailbox) -> None:
    from app.customers.rules import Details
    from app.flows import join

    mailed(shop, jiwoo)
    join.add_details(
        shop_id=shop.id, browser_token=jiwoo.browser, source="card", ip="", user_agent="",
        details=Details(name="한지우", phone_raw="010-2345-6789", age14=True, required=True),
        master=factories.master(), now=factories.now(),
    )  # fmt: skip
    assert said(jiwoo)[1:] == [(kind, "withdraw") for kind in ("marketing", "ads", "ads_night", "ads_email")]


def test_another_address_must_be_confirmed_again(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    old = token_of(jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(minutes=5)
    give(shop, jiwoo, "new@home.test")
    with pytest.raises(MailLinkGone):
        confirm(shop, old)
    clock.advance(hours=3)
    drain()
    assert [mail["To"] for mail in mailbox.taken if mail["Subject"].startswith("(광고)")] == []
    assert mailbox.taken[-1]["To"] == "new@home.test"
    confirm(shop, token_of(jiwoo))
    assert factories.a_person(jiwoo.id).email_checked_at == factories.now()


def test_another_address_without_ads_is_told_as_a_withdrawal(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    for typed in ("new@home.test", "third@home.test"):  # the third follows one that was never confirmed
        clock.advance(minutes=5)
        give(shop, jiwoo, typed, ads=False)
    assert said(jiwoo) == [("ads_email", "grant"), ("ads_email", "withdraw"), ("ads_email", "decline")]
    drain()
    words = [row.text for row in messages(jiwoo, kind="consent_result", channel="card", state="sent")]
    assert [text for text in words if "광고 이메일" in text] == [
        "11월 23일, 광고 이메일 수신에 동의하셨어요. 처리를 마쳤어요.",
        "11월 23일, 광고 이메일 수신 동의를 철회하셨어요. 처리를 마쳤어요.",
    ]


def test_a_link_ends_after_a_day_and_belongs_to_one_shop(
    shop: AShop, other_shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    give(shop, jiwoo)
    token = token_of(jiwoo)
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), "1.2.3.4", "x", ""):
        with pytest.raises(MailLinkGone):
            confirm(shop, wrong)
    with pytest.raises(MailLinkGone):
        confirm(other_shop, token)
    clock.advance(hours=24, seconds=1)
    with pytest.raises(MailLinkGone):
        confirm(shop, token)
    assert factories.a_person(jiwoo.id).email_checked_at is None


def test_nobody_is_flooded_by_a_strangers_typing(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    found = world.all_at_once(app, [lambda: give(shop, jiwoo)] * 6)
    assert found == [None] * 6
    assert len(messages(jiwoo, kind="email_check")) == 1  # the same tap
    for _ in range(5):
        clock.advance(minutes=2)
        give(shop, jiwoo)
    stranger = factories.a_customer(shop, name="남", phone=factories.a_number(), agrees="all")
    give(shop, stranger)
    assert len(messages(jiwoo, kind="email_check")) == 3
    assert messages(stranger, kind="email_check") == []
    for who in (jiwoo, stranger):  # the answer and the row are the same for both (S06)
        assert factories.a_person(who.id).email == "jiwoo@home.test"


def test_one_refusal_is_for_all_ads_and_outlives_the_card(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2)
    drain()
    token = db.session.scalars(db.select(OptOutLink.token)).one()
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    assert privacy.opt_out(token=token, source="link", now=factories.now()).is_new
    assert not privacy.opt_out(token=token, source="link", now=factories.now()).is_new
    assert db.session.query(Suppression).count() == 2
    again = factories.a_customer(shop, name="한지우", phone="010-2345-6789", agrees="all")
    clock.advance(days=4)
    mailed(shop, again)
    before = len(mailbox.taken)
    factories.a_stamp(shop, again.card_id)
    clock.advance(hours=2)
    drain()
    assert [mail["Subject"] for mail in mailbox.taken[before:] if "(광고)" in mail["Subject"]] == []
    assert [row.channel for row in messages(again, kind="thank_you")] == ["card"]


def test_each_address_is_freed_by_its_own_yes(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2)
    drain()
    privacy.opt_out(
        token=db.session.scalars(db.select(OptOutLink.token)).one(), source="link", now=factories.now()
    )
    assert ("ads_email", "withdraw") in said(jiwoo)
    give(shop, jiwoo, ads=True)  # the same address, confirmed before
    drain()
    clock.advance(days=4)
    factories.a_stamp(shop, jiwoo.card_id)
    assert [row.channel for row in messages(jiwoo, kind="thank_you")][2:] == ["card", "email"]
    free = db.session.scalars(db.select(Suppression.lifted_at.is_not(None)).order_by(Suppression.id)).all()
    assert free == [False, True]


def test_leaving_takes_the_address_and_keeps_the_evidence(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox
) -> None:
    mailed(shop, jiwoo)
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=factories.now())
    person = factories.a_person(jiwoo.id)
    assert (person.email, person.email_key, person.email_checked_at) == (None, "", None)
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(db.select(table)):
            assert "jiwoo@home" not in str(tuple(row)), table.name
    kept = db.session.scalars(db.select(Consent.phone_key).where(Consent.kind == "ads_email")).one()
    assert len(kept) == 64


def test_taking_the_address_away(shop: AShop, other_shop: AShop, jiwoo: ACustomer, mailbox: Mailbox) -> None:
    mailed(shop, jiwoo)
    gone = {"customer_id": jiwoo.id, "ip": "", "user_agent": "", "now": factories.now()}
    with pytest.raises(NotHere):
        email.drop_email(shop_id=other_shop.id, **gone)
    for _ in range(2):
        email.drop_email(shop_id=shop.id, **gone)
    assert said(jiwoo) == [("ads_email", "grant"), ("ads_email", "withdraw")]
    assert factories.a_person(jiwoo.id).email is None


def test_an_address_nobody_has_is_not_tried_again(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    mailed(shop, jiwoo)
    drain()
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2)
    mailbox.says["RCPT"] = "550 5.1.1 nobody of that name"
    drain()
    (row,) = messages(jiwoo, kind="thank_you", channel="email")
    assert (row.state, row.code) == ("failed", "dead_email")
    assert row.reason == "없는 주소라고 해요. 이 주소로는 더 보내지 않아요."
    assert db.session.query(AdGrant).count() == 0
    assert db.session.query(Customer).filter(Customer.email_failed_at.is_not(None)).count() == 1
    clock.advance(days=1)
    factories.a_stamp(shop, jiwoo.card_id)
    assert [row.channel for row in messages(jiwoo, kind="thank_you")][2:] == ["card", "own_phone"]


def test_a_server_that_falls_silent_after_the_mail_is_never_asked_twice(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.kit import mail

    mailed(shop, jiwoo)
    drain()
    factories.a_stamp(shop, jiwoo.card_id)
    clock.advance(hours=2)

    def silent(*_args: object) -> str:
        raise mail.Unsure("no answer")

    monkeypatch.setattr(mail, "_end", silent)
    drain()
    monkeypatch.undo()
    clock.advance(hours=1)
    drain()
    (row,) = messages(jiwoo, kind="thank_you", channel="email")
    assert (row.state, row.reason) == ("unknown", "보냈는지 확인이 필요해요.")
    assert [mail["Subject"] for mail in mailbox.taken if "(광고)" in mail["Subject"]] == []
    assert db.session.query(AdGrant).count() == 1  # it may have gone: it counts


def test_without_a_mail_server_the_owners_phone_does_it(
    app: Flask, shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    mailed(shop, jiwoo)
    monkeypatch.setitem(app.config, "WIRE", replace(app.config["WIRE"], smtp_url=""))
    factories.a_stamp(shop, jiwoo.card_id)
    assert [row.channel for row in messages(jiwoo, kind="thank_you")] == ["card", "own_phone"]


def test_a_full_card_is_told_once_and_not_after_it_was_used(
    shop: AShop, jiwoo: ACustomer, mailbox: Mailbox, clock: Clock
) -> None:
    from app.flows import redeem

    mailed(shop, jiwoo, ads=False)
    drain()
    _holder, reward_id = factories.a_reward(shop, jiwoo)
    told = messages(jiwoo, kind="reward_ready")
    assert [row.channel for row in told] == ["card", "email"]
    assert (
        told[0].text
        == "한지우 님, 도장을 다 모으셨어요. 약속드린 아메리카노 한 잔을 드릴게요. 카드에 담아 두었어요."
    )
    redeem.use_reward(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        reward_id=reward_id,
        once="o" * 20,
        how="live_card",
        now=clock(),
    )
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    drain()
    card, by_mail = messages(jiwoo, kind="reward_ready")
    assert (card.state, by_mail.state) == ("sent", "cancelled")
    assert "다 채운 카드" not in "".join(mail["Subject"] for mail in mailbox.taken)
