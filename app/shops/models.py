"""The shop, who works there, how they get in, and who looked at whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime


class Shop(Model):
    """A tenant. Everything else belongs to exactly one."""

    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # in the join link
    name: Mapped[str] = mapped_column(String(40))
    mark: Mapped[str] = mapped_column(String(2))  # what the 도장 shows; the first syllable by default
    owner_name: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")  # the contact every message carries
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")  # for answers to e-mails
    address: Mapped[str] = mapped_column(String(120), default="")
    open_minute: Mapped[int] = mapped_column(default=9 * 60)  # minutes after midnight in Korea
    close_minute: Mapped[int] = mapped_column(default=22 * 60)  # may pass 1440: a shop open past midnight
    story: Mapped[str] = mapped_column(Text, default="")
    opt_out_080: Mapped[str] = mapped_column(String(20), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    # What the shop has switched on beyond stamps, as words with a space between them: "points coupons tiers
    # boosts referrals". Read with the shop, so that a page or a stamp asks for nothing a shop does not use.
    uses: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # Prices that become buttons after a stamp, in won with a space between them; "" = amounts are not asked for.
    prices: Mapped[str] = mapped_column(String(60), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Staff(Model):
    """A person who works in a shop, the owner included."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("shop_id", "id"), UniqueConstraint("login"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(10))  # owner | manager | staff
    login: Mapped[str | None] = mapped_column(String(60))  # what they type to sign in
    password_hash: Mapped[str | None] = mapped_column(String(120))
    pin_hash: Mapped[str | None] = mapped_column(String(120))  # says who stands at a shared device
    # The second step of signing in (RFC 6238), encrypted; it counts once `totp_on_at` is set.
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_on_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # the last one used
    text_size: Mapped[str] = mapped_column(String(8), default="normal")  # normal | large | xlarge
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffSession(Model):
    """One signed-in browser of a staff member; the cookie holds a token, this row its hash."""

    __tablename__ = "staff_sessions"
    __table_args__ = (ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_secure: Mapped[bool] = mapped_column(default=True)  # made on https or loopback, and good only there
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    ip: Mapped[str] = mapped_column(String(45), default="")
    sudo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # proved again a moment ago
    # A device that several people share: nobody may do anything until one of them types a PIN.
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    acting_id: Mapped[int | None] = mapped_column()  # who typed it
    acting_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Kiosk(Model):
    """A tablet for customers: it may take a number and show a word, and opens no page of the owner's."""

    __tablename__ = "kiosks"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "made_by"], ["staff.shop_id", "staff.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_secure: Mapped[bool] = mapped_column(default=True, server_default=true())  # made, and good, there only
    user_agent: Mapped[str] = mapped_column(String(200), default="")


class KioskCall(Model):
    """A number that somebody typed at a tablet, and the word both sides see. The number itself is not kept.

    `claim_id`: the 도장 받기 of the card that has it. None: no card has it; then `tail` tells the staff whose.
    """

    __tablename__ = "kiosk_calls"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("ref"),
        UniqueConstraint("shop_id", "once"),
        ForeignKeyConstraint(["shop_id", "kiosk_id"], ["kiosks.shop_id", "kiosks.id"]),
        Index("ix_kiosk_calls_shop_at", "shop_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    kiosk_id: Mapped[int] = mapped_column()
    ref: Mapped[str] = mapped_column(
        String(22)
    )  # random; the tablet asks by it what has become of the number
    once: Mapped[str] = mapped_column(String(40))
    word: Mapped[str] = mapped_column(String(10))
    claim_id: Mapped[int | None] = mapped_column()
    tail: Mapped[str] = mapped_column(String(4), default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the staff has seen to it


class RecoveryCode(Model):
    """A way in without the second step, for the day the phone is lost. Good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        UniqueConstraint("staff_id", "code_hash"),
        ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    staff_id: Mapped[int] = mapped_column()
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditLine(Model):
    """What was changed in a shop, by whom; each line carries the hash of the one before it (S04)."""

    __tablename__ = "audit_lines"
    __table_args__ = (UniqueConstraint("shop_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    number: Mapped[int] = mapped_column()  # 1, 2, 3 … without a gap
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column()  # None: the installation itself
    what: Mapped[str] = mapped_column(String(24))  # "staff_added", "sign_in" …
    subject: Mapped[str] = mapped_column(String(40), default="")  # "staff:3"; never a name or a number
    detail: Mapped[str] = mapped_column(String(160), default="")
    hash_before: Mapped[str] = mapped_column(String(64), default="")
    hash: Mapped[str] = mapped_column(String(64))


class EntryLink(Model):
    """A link that opens a door once: the owner's entry, the first set-up, the demo phone."""

    __tablename__ = "entry_links"
    __table_args__ = (ForeignKeyConstraint(["shop_id", "staff_id"], ["staff.shop_id", "staff.id"]),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # owner | setup | phone
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shops.id"))
    staff_id: Mapped[int | None] = mapped_column()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginTry(Model):
    """A failed sign-in; counted in the database so that twenty at once count twenty (S19)."""

    __tablename__ = "login_tries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), index=True)  # "login:<login>" or "ip:<address>"
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AccessLog(Model):
    """Who of the staff looked at or changed whose data (안전성 확보조치 기준 art. 8; kept 2 years)."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    staff_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int | None] = mapped_column()
    action: Mapped[str] = mapped_column(String(20))  # view, edit or a list (web/owner/noted.py)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ip: Mapped[str] = mapped_column(String(45), default="")


class WeeklyDayOff(Model):
    """A weekday on which the shop is closed, from a day on. What was once true stays true of its time."""

    __tablename__ = "weekly_days_off"
    __table_args__ = (
        Index(
            "uq_weekly_days_off_standing",
            "shop_id",
            "weekday",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    weekday: Mapped[int] = mapped_column()  # 0 = Monday
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)  # the last day it was so


class SpecialDays(Model):
    """Days that differ from the week: closed (휴가, 명절), or open although the week says closed.

    The unique key decides between two taps on the same suggestion; what is taken back keeps its row.
    """

    __tablename__ = "special_days"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        Index(
            "uq_special_days_standing",
            "shop_id",
            "first",
            "last",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    is_open: Mapped[bool] = mapped_column(default=False, server_default=false())
    note: Mapped[str] = mapped_column(String(40), default="")
    staff_id: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back
