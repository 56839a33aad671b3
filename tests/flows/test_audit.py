"""S04: the record of changes is a chain; whoever edits it is found out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.flows import access, audit, automation, redeem, review, sudo
from app.flows import shop as shop_flow
from app.flows.sudo import WrongProof
from app.flows.unit import write
from app.kit.refusals import Invalid
from app.shops import history
from app.shops.models import AuditLine
from app.shops.rules import TooManyTries, WrongLogin
from tests import factories, world
from tests.factories import AShop
from tests.world import Clock


def lines(shop: AShop) -> list[AuditLine]:
    """Return a shop's lines in order."""
    db.session.rollback()
    return list(
        db.session.scalars(
            db.select(AuditLine).where(AuditLine.shop_id == shop.id).order_by(AuditLine.number)
        )
    )


def note(shop: AShop, detail: str = "", now: Any = None) -> None:
    """Write a line down."""
    with write() as session:
        audit.note(
            session,
            shop_id=shop.id,
            what="profile",
            staff_id=shop.owner_id,
            detail=detail,
            now=now or factories.now(),
        )


def test_ten_at_once_make_ten_lines_without_a_gap(app: Flask, shop: AShop, other_shop: AShop) -> None:
    now = factories.now()
    works = [lambda s=s, i=i: note(s, str(i), now) for i in range(10) for s in (shop, other_shop)]
    assert world.all_at_once(app, works) == [None] * 20
    for each in (shop, other_shop):
        assert [line.number for line in lines(each)] == list(range(1, 11))
        assert sorted(int(line.detail) for line in lines(each)) == list(range(10))
        assert history.chain(each.id).broken_at is None


@pytest.mark.parametrize(
    ("tamper", "broken_at"),
    [
        ("UPDATE audit_lines SET detail = 'x' WHERE number = 2", 2),
        ("UPDATE audit_lines SET staff_id = NULL WHERE number = 2", 2),
        ("UPDATE audit_lines SET at = '2026-01-01 00:00:00' WHERE number = 3", 3),
        ("UPDATE audit_lines SET hash = hash_before WHERE number = 2", 2),
        ("DELETE FROM audit_lines WHERE number = 2", 2),
        ("DELETE FROM audit_lines WHERE number = 1", 1),
    ],
)
def test_a_changed_line_is_named(
    app: Flask, shop: AShop, other_shop: AShop, tamper: str, broken_at: int
) -> None:
    for detail in ("one", "two", "three"):
        note(shop, detail)
    note(other_shop)
    whole = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (whole.exit_code, "3 lines, whole" in whole.output) == (0, True), whole.output
    db.session.execute(db.text(f"{tamper} AND shop_id = {shop.id}"))
    db.session.commit()
    assert history.chain(shop.id).broken_at == broken_at
    assert history.chain(other_shop.id).broken_at is None
    found = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert found.exit_code == 1
    assert f"shop {shop.id}: line {broken_at} " in found.output


def test_a_line_put_back_with_a_fitting_hash_breaks_the_next(shop: AShop) -> None:
    from app.shops.rules import line_hash

    for detail in ("one", "two", "three"):
        note(shop, detail)
    second = lines(shop)[1]
    facts = {
        "shop_id": shop.id, "number": 2, "at": second.at, "staff_id": second.staff_id, "what": second.what,
        "subject": second.subject, "detail": "forged", "hash_before": second.hash_before,
    }  # fmt: skip
    db.session.execute(
        db.update(AuditLine)
        .where(AuditLine.shop_id == shop.id, AuditLine.number == 2)
        .values(detail="forged", hash=line_hash(**facts))
    )
    db.session.commit()
    assert history.chain(shop.id).broken_at == 3


def test_what_flows_write_down_names_no_customer(shop: AShop) -> None:
    holder, reward_id = factories.a_reward(
        shop, factories.a_customer(shop, name="한지우", phone="010-2345-6789")
    )
    now = factories.now()
    mine: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": now}
    used = redeem.use_reward(**mine, reward_id=reward_id, once=factories.once(), how="live_card")
    redeem.undo_use(**mine, redemption_id=used.redemption_id)
    places = {"hashtag": "봄날", "naver_url": "", "kakao_url": "", "google_url": ""}
    for _ in range(2):  # what was as it is now is no change
        shop_flow.save_contact(**mine, phone="02-777-8888")
        shop_flow.save_hours(**mine, opens="08:00", closes="20:00")
        shop_flow.save_card_rule(**mine, goal="8", reward_name="쿠키")
        shop_flow.save_profile(**mine, name="봄날", owner_name="", address="", story="", mark="")
        automation.switch(**mine, kind="thank_you", is_on=False)
        automation.save(**mine, kind="thank_you", text="{이름} 님, 또 봬요.", delay_minutes=120)
        review.save_settings(**mine, **places, reward_stamps="1")
    automation.save(**mine, kind="thank_you", text="{이름} 님, 또 봬요.", delay_minutes=60)
    automation.save(**mine, kind="thank_you", text="", delay_minutes=30)
    review.save_settings(**mine, **places | {"naver_url": "https://naver.me/spring"}, reward_stamps="1")
    seen = [(line.what, line.staff_id, line.subject, line.detail) for line in lines(shop)]
    owner = shop.owner_id
    assert seen == [
        ("use_undone", owner, f"redemption:{used.redemption_id}", ""),
        ("contact", owner, "", ""),
        ("hours", owner, "", ""),
        ("card_rule", owner, "", "10>8"),
        ("profile", owner, "", ""),
        ("automation", owner, "", "thank_you:off"),
        ("automation", owner, "", "thank_you:text"),
        ("review_settings", owner, "", "0>1"),
        ("automation", owner, "", "thank_you:delay"),
        ("automation", owner, "", "thank_you:text+delay"),
        ("review_settings", owner, "", "1>1"),
    ]
    assert holder.id
    assert not [line for line in lines(shop) if "한지우" in repr(vars(line)) or "2345" in repr(vars(line))]


def test_a_burst_of_wrong_passwords_is_one_line(shop: AShop) -> None:
    factories.a_password(shop, shop.owner_id)
    for _ in range(14):
        with pytest.raises((WrongLogin, TooManyTries)):
            access.sign_in(
                login="bomnal", password="guess", user_agent="", ip="", is_secure=True, now=factories.now()
            )
    told = [(line.what, line.staff_id, line.subject) for line in lines(shop)]
    assert told == [
        ("password_set", shop.owner_id, f"staff:{shop.owner_id}"),
        ("sign_in_failed", None, f"staff:{shop.owner_id}"),
    ]


def test_a_burst_of_wrong_proofs_is_one_line(shop: AShop) -> None:
    factories.a_password(shop, shop.owner_id)
    mine: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": factories.now()}
    mine["session_id"] = factories.a_session_id(factories.a_session(shop, shop.owner_id))
    for _ in range(12):
        with pytest.raises((WrongProof, TooManyTries)):
            sudo.prove(**mine, typed="guess", master=factories.master())
    told = [(line.what, line.staff_id, line.subject) for line in lines(shop)]
    assert told[-1] == ("sudo_failed", None, f"staff:{shop.owner_id}")
    assert told[-2][0] == "sign_in"


def test_a_burst_of_wrong_present_passwords_is_one_line(shop: AShop, clock: Clock) -> None:
    factories.a_password(shop, shop.owner_id)
    mine: dict[str, Any] = {"shop_id": shop.id, "staff_id": shop.owner_id, "now": clock()}
    for _ in range(12):
        with pytest.raises((Invalid, TooManyTries)):
            shop_flow.set_password(**mine, login="bomnal", password="새벽 세 시의 라디오", present="guess")
    told = [(line.what, line.staff_id, line.subject) for line in lines(shop)]
    assert told == [
        ("password_set", shop.owner_id, f"staff:{shop.owner_id}"),
        ("sudo_failed", None, f"staff:{shop.owner_id}"),
    ]


def test_what_fails_is_not_written_down(shop: AShop) -> None:
    class Failed(Exception):
        """The flow did not get to its end."""

    def fail() -> None:
        with write() as session:
            audit.note(session, shop_id=shop.id, what="profile", staff_id=None, now=factories.now())
            raise Failed

    with pytest.raises(Failed):
        fail()
    assert lines(shop) == []
    with pytest.raises(ValueError, match="not a kind"), write() as session:
        audit.note(session, shop_id=shop.id, what="something", staff_id=None, now=factories.now())
