"""The tablet at the counter, with fingers: a name, the pad, a stamp, the next person."""

from __future__ import annotations

from flask import Flask

from app.cards.models import LedgerEntry
from app.extensions import db
from tests import factories
from tests.browser.conftest import NewHandset
from tests.factories import AShop


def test_a_name_a_pin_on_the_pad_a_stamp_the_next_person(
    app: Flask, handset: NewHandset, shop: AShop
) -> None:
    jiwon = factories.a_staff(shop, name="지원")
    factories.a_pin(shop, jiwon, "4719")
    customer = factories.a_customer(shop, name="한지우", phone=factories.a_number())
    factories.a_claim(shop, customer)
    tablet = handset(viewport={"width": 820, "height": 1180})
    tablet.keep("staff", factories.a_shared_device(shop)[0])
    page = tablet.open("/owner/stamps")
    assert tablet.h1 == "누가 쓰세요?"
    page.get_by_role("link", name="지원 님").click()
    pad = page.locator("[data-pad]")
    nine, one = (pad.get_by_role("button", name=digit, exact=True).bounding_box() for digit in "91")
    assert nine is not None
    assert one is not None
    assert nine["x"] > one["x"], "three columns, as a phone has them"
    assert nine["height"] >= 60
    for digit in "4781":
        pad.get_by_role("button", name=digit, exact=True).click()
    tablet.press("모두 지우기")
    for digit in "4719":
        pad.get_by_role("button", name=digit, exact=True).click()
    field = page.locator("#pin")
    assert (field.get_attribute("type"), field.input_value()) == ("password", "4719")
    tablet.press("확인")
    page.get_by_text("지원 님이 쓰고 있어요").wait_for()
    tablet.press("도장 찍기")
    page.get_by_text("도장 찍었어요").first.wait_for()
    db.session.rollback()
    assert db.session.scalar(db.select(LedgerEntry.staff_id).where(LedgerEntry.shop_id == shop.id)) == jiwon
    tablet.press("다음 사람")
    page.get_by_role("heading", name="누가 쓰세요?").wait_for()
    # The way back shows nothing of who stood there before.
    page.go_back()
    page.get_by_role("heading", name="누가 쓰세요?").wait_for()


def test_its_own_pages_are_fit_for_everybody(app: Flask, handset: NewHandset, shop: AShop) -> None:
    factories.a_staff(shop, name="지원")
    token, _session = factories.a_shared_device(shop)
    phone = handset(bypass_csp=True, reduced_motion="reduce")
    phone.keep("staff", token)
    found, wide = {}, {}
    for path in ("/owner/turn", f"/owner/turn/{shop.owner_id}", "/owner/sharing"):
        page = phone.open(path)
        found[path] = phone.axe_faults()
        page.set_viewport_size({"width": 320, "height": 568})
        page.evaluate("document.documentElement.dataset.text = 'xlarge'")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert max(wide.values()) <= 320
