"""Shops whose thank-yous travel by one way that has its own keys: an account with SOLAPI or NHN, or web push."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.customers import actions as people
from app.customers.actions import Trace
from app.customers.models import Customer
from app.flows.push import endpoint_key
from app.flows.unit import write
from app.kit.signing import token_hash
from app.messages import accounts
from app.messages.actions import pushing
from app.messages.models import Automation
from app.messages.providers.push import packed
from app.messages.way_models import ChannelAccount, MessageSettings
from launch.provider_bench.accounts import one_of_each
from tests import factories
from tests.factories import ACustomer, AShop
from tests.messages.push_service import Phone

WAYS = ("solapi", "nhn", "web_push")
# Without the consent to ads at night: nobody may get one then.
_AGREED = ("age14", "required", "marketing", "ads")


def hook_of(shop_id: int) -> str:
    """Return the end of the address that reports about a shop's texts are posted to."""
    return f"hook-of-shop-{shop_id}"


def a_shop(app: Flask, name: str, *, way: str, month_won: int) -> AShop:
    """Open a shop that thanks at once, by this way alone."""
    shop, now = factories.a_shop(name), app.config["CLOCK"]()
    with write() as session:
        session.add(MessageSettings(shop_id=shop.id, month_won=month_won, changed_at=now))
        session.add(
            Automation(shop_id=shop.id, kind="thank_you", text="", ways=way, delay_minutes=0, changed_at=now)
        )
        if way != "web_push":
            keys, sender = _keys(way)
            session.add(
                ChannelAccount(
                    shop_id=shop.id,
                    provider=way,
                    sealed=accounts.sealed_keys(keys, shop_id=shop.id, provider=way),
                    sender=sender,
                    state="on",
                    hook=hook_of(shop.id),
                    made_at=now,
                )
            )
    return shop


def _keys(provider: str) -> tuple[dict[str, str], str]:
    """Return the keys that open the bench, and the registered number."""
    everybody = one_of_each()
    if provider == "solapi":
        solapi = everybody.solapi[0]
        return {"api_key": solapi.key, "api_secret": solapi.secret}, min(solapi.senders)
    nhn = everybody.nhn[0]
    keys = {"app_key": nhn.sms_key, "secret": nhn.sms_secret, "free_call": nhn.unsubscribe_no}
    return keys, min(nhn.senders)


def people_of(app: Flask, shop: AShop, count: int, *, way: str, push_origin: str) -> list[ACustomer]:
    """Let people join who agree to ads by day, over this way."""
    joined = [
        factories.a_customer(shop, name=f"손님{number}", phone=factories.a_number(), agrees=_AGREED)
        for number in range(count)
    ]
    if way == "web_push":
        _ring_on(app, joined, push_origin)
    return joined


def _ring_on(app: Flask, joined: list[ACustomer], push_origin: str) -> None:
    phone, now, master = Phone(), app.config["CLOCK"](), app.config["MASTER_KEY"]
    trace = Trace(source="card", ip="", user_agent="")
    with write() as session:
        for each in joined:
            endpoint = f"{push_origin}/{each.id}"
            whose: dict[str, Any] = {"shop_id": each.shop_id, "customer_id": each.id, "now": now}
            pushing.keep(
                session,
                **whose,
                browser_hash=token_hash(each.browser),
                endpoint=endpoint,
                endpoint_key=endpoint_key(master, endpoint),
                p256dh=packed(phone.point),
                auth=packed(phone.auth),
            )
            person = session.get_one(Customer, each.id)
            people.record_consent(
                session, person=person, kind="ads_push", action="grant", phone_key="", trace=trace, now=now
            )
