"""Mail that comes back (RFC 3464): which message it speaks of, and what became of it. Nothing in it is believed.

What a mailbox is sent can be written by anybody: sizes, depths and numbers are bounded, and whoever uses a report
checks by its own records that there was such a message to such an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

MOST_BYTES = 1024 * 1024
_MOST_PARTS, _MOST_BLOCKS = 20, 50
_ADDRESS = re.compile(r"[^\s;<>]{1,64}@[^\s;<>]{1,190}")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@([^\s<>]{1,190})>")
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# There is no such mailbox, or none any more (RFC 3463 3.2 and 3.3, RFC 7505). A full one (5.2.2) empties again, and
# 5.7.x is about being allowed: neither says that nobody lives there.
_DEAD = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)$")


@dataclass(frozen=True)
class Bounce:
    """What one report says of one recipient. `key` and `domain`: the two halves of our Message-ID."""

    key: str
    domain: str
    addresses: tuple[str, ...]  # final and original recipient, lower case
    has_failed: bool  # given up; False: late, delivered, passed on
    is_dead: bool  # and nobody lives there


def read(raw: bytes) -> list[Bounce]:
    """Return what a mail says about messages of ours; nothing for any mail that is no delivery report."""
    if len(raw) > MOST_BYTES:
        return []
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        parts = list(_parts(mail))
        if mail.get_content_type() != "multipart/report":
            return []
        found = _ours(parts)
        if found is None:
            return []
        blocks = [each for part in parts if _is(part, "message/delivery-status") for each in _blocks(part)]
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return []
    return [bounce for block in blocks[:_MOST_BLOCKS] if (bounce := _about(block, *found)) is not None]


def _parts(mail: Message) -> Iterator[Message]:
    """Walk the report's own parts and the header of what came back, no deeper."""
    if not mail.is_multipart():
        return
    for part in list(mail.get_payload())[:_MOST_PARTS]:
        if isinstance(part, Message):
            yield part


def _is(part: Message, what: str) -> bool:
    return part.get_content_type() == what


def _blocks(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []


def _ours(parts: list[Message]) -> tuple[str, str] | None:
    """Return the Message-ID of what came back: whole, or its header alone (RFC 6522)."""
    for part in parts:
        said = ""
        if _is(part, "message/rfc822") and (inside := _blocks(part)):
            said = str(inside[0].get("Message-ID", ""))
        elif _is(part, "text/rfc822-headers"):
            text = part.get_payload(decode=True)
            head = text if isinstance(text, bytes) else b""
            said = str(message_from_bytes(head, policy=policy.compat32).get("Message-ID", ""))
        if (match := _MESSAGE_ID.fullmatch(said.strip())) is not None:
            return match.group(1), match.group(2).lower()
    return None


def _about(block: Message, key: str, domain: str) -> Bounce | None:
    """Read one recipient's block; None for the block about the whole message."""
    action = str(block.get("Action", "")).strip().lower()
    status = _STATUS.search(str(block.get("Status", "")))
    said = [str(block.get(name, "")) for name in ("Final-Recipient", "Original-Recipient")]
    addresses = tuple(
        match.group(0).lower() for each in said if (match := _ADDRESS.search(each.rpartition(";")[2]))
    )
    if not action or not addresses:
        return None
    code = status.group(0) if status else ""
    has_failed = action == "failed" and not code.startswith(("2", "4"))
    return Bounce(key, domain, addresses, has_failed, has_failed and _DEAD.match(code) is not None)
