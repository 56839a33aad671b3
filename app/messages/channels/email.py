"""이메일: over the deployment's own mail server (SMTP_URL), in the shop's name.

SMTP knows no look-up by our key: a mail whose server fell silent after the last byte stays unclear and is
never sent again by itself. See docs/decisions/email.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.kit import mail, net
from app.kit.clock import KST
from app.messages import mail_form, retries
from app.messages.contract import (
    Accepted,
    Account,
    Asked,
    Capabilities,
    Letter,
    Lookup,
    NoAnswer,
    Outcome,
    Rejected,
    Report,
    Unknown,
    Wire,
)

KEY = "email"
LABEL = "이메일"
CAPABILITIES = Capabilities(transmits=True, hours_exempt=True, address="email", consent="ads_email")

# What a server says of a mailbox or domain that isn't there, or of none at all (RFC 3463 3.2, RFC 7505: 5.1.10).
# A 550 alone doesn't: a relay says it of our own server too. Nor do 5.1.7 and 5.1.8, which are about the
# sender, and 5.7.x, which is about being allowed.
_NO_SUCH_ADDRESS = re.compile(r"5\.1\.(?:1|2|3|6|10)(?![\d.])")


def send(batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
    """Hand each letter over; see `_judged` for what a refusal means."""
    return [_send_one(letter, wire, latest_start) for letter in batch]


def find(asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
    """Answer nothing: a mail server can't be asked what it took."""
    return [NoAnswer() for _ in asked]


def parse_report(headers: Mapping[str, str], body: bytes, account: Account | None = None) -> list[Report]:
    """Raise ValueError: mail that comes back goes to the sender's mailbox, not to us."""
    raise ValueError("e-mail has no delivery reports")


def as_bytes(letter: Letter, mail_from: str) -> bytes:
    """Return the letter as a whole message (RFC 5322); the same Message-ID in every attempt."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail_form.one_line(letter.subject)
    message["From"] = Address(mail_form.one_line(letter.shop_name), addr_spec=mail_from)
    message["To"] = letter.to
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Date"] = format_datetime(letter.at.astimezone(KST))
    message["Message-ID"] = f"<{letter.key}@{mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no "out of office" comes back (RFC 3834)
    message.set_content(letter.text, cte="base64")
    return _one_click(letter.opt_out) + message.as_bytes()


def _one_click(link: str) -> bytes:
    """Return the two headers of RFC 8058. Written by hand: the library would encode a long address."""
    if not link or not link.isascii() or not link.isprintable() or set(link) & set("<> "):
        return b""
    return f"List-Unsubscribe: <{link}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def _send_one(letter: Letter, wire: Wire, latest_start: float | None) -> Outcome:
    if not wire.carries_mail:
        return Rejected("no mail server is set", transport=True)
    try:
        message = as_bytes(letter, wire.mail_from)
    except ValueError:  # an address the library can't write down
        return Rejected("not an e-mail", permanent=True)
    try:
        words = mail.deliver(
            wire.smtp_url,
            sender=wire.mail_from,
            to=letter.to,
            message=message,
            deadline_s=retries.CALL_DEADLINE_S,
            latest_start=latest_start,
        )
    except mail.NoThanks as refusal:
        return _judged(refusal)
    except net.NotSent as fault:
        return Rejected(str(fault), transport=True)
    except net.Unsure as fault:
        return Unknown(str(fault))
    # Some servers repeat the address: what names a person is not kept beside the message.
    return Accepted("" if "@" in words else mail_form.one_line(words)[:80])


def _judged(refusal: mail.NoThanks) -> Rejected:
    """Tell what a refusal says: of our login, of the moment (4xx), of the mail, or of the address."""
    # The server's words may repeat the address: only the step and the number are kept.
    said = f"{refusal.step} {refusal.code}"
    if refusal.step == "AUTH":
        return Rejected(f"the mail server does not know us: {said}", retry_after_s=60.0, is_try=False)
    if refusal.code < 500:
        return Rejected(said)
    is_dead = refusal.step == "RCPT" and _NO_SUCH_ADDRESS.match(refusal.words) is not None
    return Rejected(said, permanent=True, dead_address=is_dead)
