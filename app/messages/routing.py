"""Which way a message may travel to one person. Pure."""

from __future__ import annotations

from app.messages import registry
from app.messages.contract import Kind
from app.messages.rules import Person, Sender


def ways(kind: Kind, person: Person, sender: Sender) -> list[str]:
    """Return the transmitting channels worth asking the gate about, the preferred one first.

    E-mail only for who confirmed an address and, for an ad, agreed to e-mail ads: it costs the owner no
    tap, so it stands before the shop's own phone in a kind's list. So does a push, for who asked for it in a
    browser that holds their card. A demo shop has its demo phone alone. By
    the shop's own account only where it is on, and by a template only where one was approved for the kind.
    """
    return [key for key in kind.channels if _fits(key, kind, person, sender)]


def _fits(key: str, kind: Kind, person: Person, sender: Sender) -> bool:
    can = registry.channel(key).CAPABILITIES
    if not can.transmits or can.is_demo != sender.is_demo:
        return False
    if sender.ways and key not in sender.ways and not can.is_demo:
        return False
    if can.account:
        # What costs money travels only where the owner said so; a code somebody waits for always may.
        chosen = key in sender.ways or kind.to_typed_number
        if not chosen or can.account not in sender.accounts:
            return False
    if can.is_template and (kind.is_ad or f"{can.account}:{kind.key}" not in sender.talks):
        return False
    if can.address == "push":
        return sender.carries_push and person.has_push and (person.ads_push or not kind.is_ad)
    if can.address != "email":
        return True
    reached = person.has_email and not person.email_failed and (person.email_checked or kind.proves_address)
    agreed = not kind.is_ad or (person.ads_email and not person.refused_email)
    return sender.carries_mail and reached and agreed
