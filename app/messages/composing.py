"""The whole message as it travels, out of what is known, and what the gate says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.kit.text import SUBJECT_BYTES, carrier_bytes, fill
from app.messages import forms, mail_form, push_form, registry, rules, talk
from app.messages.contract import Facts, Kind
from app.messages.gather import Around


def kept_text(
    *, kind: Kind, channel: str, around: Around, facts: Facts, text: str, opt_out: str, base_url: str
) -> str:
    """Return the text as it is written down: the composed one, without what nobody but its reader may see."""
    kept = kind.as_kept(facts)
    if kept is facts:
        return text
    return compose(kind=kind, channel=channel, around=around, facts=kept, opt_out=opt_out, base_url=base_url)


def compose(
    *, kind: Kind, channel: str, around: Around, facts: Facts, opt_out: str, base_url: str = ""
) -> str:
    """Return the whole message as it travels over a channel. `base_url` stands before the kind's own path.

    Raises KeyError when the shop's words name a placeholder that the facts can't fill.
    """
    values = {"이름": around.name, "가게": around.sender.shop_name, **kind.words(facts)}
    # The shop's own words may be one sentence alone, and that one left out: then ours, which never are.
    body = fill(kind.own_words(facts) or around.body, values).strip() or fill(kind.text, values)
    if not registry.channel(channel).CAPABILITIES.transmits:
        return body
    if registry.channel(channel).CAPABILITIES.is_template:
        return talk.told(
            kind, shop_name=around.sender.shop_name, contact=around.sender.contact, values=values
        )
    name, contact = around.sender.shop_name, around.sender.contact
    if registry.channel(channel).CAPABILITIES.address == "push":
        # Where it leads is what a tap on it opens.
        return push_form.ad_body(body=body, contact=contact) if kind.is_ad else body
    if path := kind.path(facts) if kind.path is not None else "":
        body = f"{body.rstrip()}\n{base_url}{path}"
    if registry.channel(channel).CAPABILITIES.address == "email":
        mail_shop = around.sender.as_mail_shop()
        if kind.is_ad:
            return mail_form.ad_body(body=body, shop=mail_shop, opt_out=opt_out)
        return mail_form.service_body(body=body, shop=mail_shop)
    if kind.is_ad:
        refuse = around.sender.way_to_refuse(opt_out)
        return forms.ad_text(shop_name=name, body=body, contact=contact, opt_out=refuse)
    return forms.service_text(shop_name=name, body=body, contact=contact)


def subject(*, kind: Kind, channel: str, around: Around) -> str:
    """Return the subject of an e-mail or the title of a push; "" on other channels."""
    address = registry.channel(channel).CAPABILITIES.address
    if address == "push":
        return push_form.title(is_ad=kind.is_ad, shop_name=around.sender.shop_name)
    if address != "email":
        return ""
    return mail_form.subject(is_ad=kind.is_ad, shop_name=around.sender.shop_name, label=kind.label)


def title(*, kind: Kind, channel: str, around: Around) -> str:
    """Return what stands above a message: an e-mail's subject, or the title a long text message has (40 bytes).

    An ad says so here as well as in the text (망법 시행령 별표 6, as the providers read it).
    """
    if registry.channel(channel).CAPABILITIES.address != "phone":
        return subject(kind=kind, channel=channel, around=around)
    words = (forms.LABEL if kind.is_ad else "") + around.sender.shop_name
    while carrier_bytes(words) > SUBJECT_BYTES:
        words = words[:-1]
    return words.strip()


def link(*, kind: Kind, around: Around, facts: Facts, base_url: str) -> str:
    """Return the address of ours that a push opens: where its words lead, else the card."""
    path = kind.path(facts) if kind.path is not None else ""
    return f"{base_url}{path or f'/c/{around.shop_code}'}"


def verdict_on(
    *,
    kind: Kind,
    channel: str,
    around: Around,
    text: str,
    facts: Facts,
    not_after: datetime,
    now: datetime,
) -> rules.Verdict:
    """Ask the gate about a composed message; facts may say that it is `personal`, an offer to who was picked out."""
    if facts.get("personal"):
        kind = replace(kind, personal_offer=True)
    words = kind.words(facts) if kind.quoted else {}
    return rules.may_send(
        kind=kind,
        channel=registry.channel(channel).CAPABILITIES,
        text=text,
        subject=subject(kind=kind, channel=channel, around=around),
        quoted=[words[name] or "" for name in kind.quoted],
        person=around.person,
        sender=around.sender,
        recent_ads=around.recent_ads,
        not_after=not_after,
        now=now,
    )
