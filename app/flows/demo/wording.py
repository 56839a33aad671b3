"""The words of a letter, and the real gate's answer to it, from an invented person instead of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.flows.demo.description import Description
from app.flows.demo.people import Person
from app.kit.text import fill
from app.messages import forms, registry, rules
from app.messages.contract import Kind


def body(shop: Description, kind: Kind, name: str, facts: Mapping[str, Any]) -> str:
    """Return the shop's words for a person, as they lie on the card."""
    own = shop.thank_you if kind.key == "thank_you" else kind.text
    return fill(own, {"이름": name, "가게": shop.name, **kind.words(facts)})


def whole(
    shop: Description, kind: Kind, name: str, facts: Mapping[str, Any], *, opt_out: str, base_url: str
) -> str:
    """Return the letter as it travels; `opt_out` is the link an ad ends with, `base_url` stands before the kind's own."""
    inside = body(shop, kind, name, facts)
    if kind.path is not None:
        inside = f"{inside.rstrip()}\n{base_url}{kind.path(facts)}"
    if kind.is_ad:
        return forms.ad_text(shop_name=shop.name, body=inside, contact=shop.phone, opt_out=opt_out)
    return forms.service_text(shop_name=shop.name, body=inside, contact=shop.phone)


def ask_gate(
    shop: Description,
    kind: Kind,
    person: Person,
    facts: Mapping[str, Any],
    *,
    base_url: str,
    recent_ads: Sequence[datetime],
    known_at: datetime,
    not_after: datetime,
    now: datetime,
) -> rules.Verdict:
    """Ask about a letter over the demo carrier, with what was known of the person at `known_at`."""
    return rules.may_send(
        kind=kind,
        channel=registry.channel("demo_phone").CAPABILITIES,
        text=whole(shop, kind, person.name, facts, opt_out=f"{base_url}/o/x", base_url=base_url),
        person=rules.Person(
            has_phone=person.phone is not None
            and person.details_at is not None
            and person.details_at <= known_at,
            name=person.name,
            age14=person.agrees("age14", known_at),
            marketing=person.agrees("marketing", known_at),
            ads=person.agrees("ads", known_at),
            ads_night=person.agrees("ads_night", known_at),
            refused=person.opted_out_at is not None and person.opted_out_at <= known_at,
            erased=person.erased_at is not None and person.erased_at <= known_at,
        ),
        sender=rules.Sender(
            shop_name=shop.name,
            contact=shop.phone,
            is_demo=True,
            kind_on=True,
            public_url=base_url,
            opt_out_080="",
            ads_need_080=False,
        ),
        recent_ads=recent_ads,
        not_after=not_after,
        now=now,
    )
