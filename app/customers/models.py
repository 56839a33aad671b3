"""A person as one shop knows them, what they agreed to, and on which phones they hold the card."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.extensions import Model
from app.kit.columns import BigId, UtcDateTime
from app.kit.korean import initials


class Customer(Model):
    """One person in one shop; anonymous until they give a name or a number."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        UniqueConstraint("shop_id", "phone"),
        Index("ix_customers_shop_tail", "shop_id", "phone_tail"),
        Index("ix_customers_shop_name", "shop_id", "name"),
        Index("ix_customers_shop_last_visit", "shop_id", "last_visit_at", "id"),
        Index("ix_customers_shop_initials", "shop_id", "initials"),
        # Few leave an address, few have come this minute, and few are gone.
        *(
            Index(
                f"ix_customers_shop_{which}",
                "shop_id",
                which,
                sqlite_where=text(f"{which} IS NOT NULL"),
                postgresql_where=text(f"{which} IS NOT NULL"),
            )
            for which in ("email", "stale_at", "erased_at")
        ),
        # Of the few who told it: asked every morning for the whole shop.
        *(
            Index(
                f"ix_customers_shop_{which}",
                "shop_id",
                f"{which}_month",
                f"{which}_day",
                sqlite_where=text(f"{which}_month IS NOT NULL"),
                postgresql_where=text(f"{which}_month IS NOT NULL"),
            )
            for which in ("birth", "anniversary")
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    name: Mapped[str] = mapped_column(String(40), default="")
    # The first sounds of the name ("ㄱㅁㅈ" of 김민지), by which it is searched with one thumb.
    # Rows written without a Customer (many at once) get them too.
    initials: Mapped[str] = mapped_column(
        String(40),
        default=lambda row: initials(row.get_current_parameters().get("name") or "")[:40],
        server_default="",
    )
    gender: Mapped[str] = mapped_column(String(1), default="", server_default="")  # f | m | "" nobody said
    # How they came to know the shop: search | friend | sns | passing | sign | other | "" nobody said
    found_by: Mapped[str] = mapped_column(String(8), default="", server_default="")
    phone: Mapped[str | None] = mapped_column(String(16))  # E.164
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    phone_key: Mapped[str] = mapped_column(String(64), default="")  # keyed hash of `phone`
    # The hash of a number that its carrier does not know: as long as it is the one above, nothing goes there.
    phone_failed_key: Mapped[str] = mapped_column(String(64), default="", server_default="")
    phone_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # typed the code we sent there
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(64), default="", server_default="")  # keyed hash of it
    email_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # opened the link we sent there
    # Its server said: nobody of that name
    email_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    memo: Mapped[str] = mapped_column(Text, default="")  # what the owner wants to remember
    likes: Mapped[str] = mapped_column(String(120), default="")  # "라떼 연하게"
    # The called birthday and one day more to remember; a lunar one moves every year. No year: nobody needs it.
    birth_month: Mapped[int | None] = mapped_column()
    birth_day: Mapped[int | None] = mapped_column()
    birth_is_lunar: Mapped[bool] = mapped_column(default=False, server_default=false())
    birth_is_leap: Mapped[bool] = mapped_column(default=False, server_default=false())  # of a 윤달
    anniversary_month: Mapped[int | None] = mapped_column()
    anniversary_day: Mapped[int | None] = mapped_column()
    anniversary_is_lunar: Mapped[bool] = mapped_column(default=False, server_default=false())
    anniversary_is_leap: Mapped[bool] = mapped_column(default=False, server_default=false())
    anniversary_name: Mapped[str] = mapped_column(String(20), default="", server_default="")  # "결혼기념일"
    # Where the data came from: qr | link | poster | table | sticker | parcel | printed | staff | demo | import | api
    source: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column()  # who of the shop this is: nobody stamps their own card
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit_count: Mapped[int] = mapped_column(default=0)
    # Since when what their visits add up to (insights/stats.py) lags behind; the clock catches up every minute.
    stale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Left, or became one with another (`merged_into_id`): either way nobody to be found any more.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column()

    @validates("name")
    def _sounds(self, _key: str, name: str) -> str:
        self.initials = initials(name)[:40]
        return name


class PhoneClaim(Model):
    """A number typed by someone while it already belongs to another card of the shop.

    The screen answers exactly as for a free number (S06); the shop settles it in person.
    """

    __tablename__ = "phone_claims"
    __table_args__ = (
        UniqueConstraint("shop_id", "customer_id", "phone"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    phone: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Device(Model):
    """A browser that holds a card of a shop. One cookie opens one card in each shop."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("browser_hash", "shop_id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_devices_shop_customer", "shop_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    browser_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(200), default="")


class Consent(Model):
    """What was agreed, declined or withdrawn: append-only evidence (망법 50조, 개인정보 보호법 22조).

    The latest row of a kind decides. After erasure the rows stay, with the keyed hash of the number.
    """

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_consents_shop_customer_kind", "shop_id", "customer_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column()
    customer_id: Mapped[int] = mapped_column()
    # age14 | required | marketing | ads | ads_night | ads_email | ads_push | days
    kind: Mapped[str] = mapped_column(String(12))
    action: Mapped[str] = mapped_column(String(10))  # grant | decline | withdraw | merge | number
    channels: Mapped[str] = mapped_column(String(40), default="")  # for ads: "문자", "이메일" or "알림"
    text_version: Mapped[str] = mapped_column(String(20))
    text_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ip: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    phone_key: Mapped[str] = mapped_column(String(64), default="")  # for ads_email: of the e-mail address


class Suppression(Model):
    """Never send ads to this address again. Survives deletion as a keyed hash."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("shop_id", "address_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    address_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(20))  # link | staff | 080 | solapi | nhn
    customer_id: Mapped[int | None] = mapped_column()  # who refused; only they may ask for messages again
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the person asked for messages again


class OptOutLink(Model):
    """The free opt-out link a message carries. Works for years, also after the customer is erased."""

    __tablename__ = "opt_out_links"
    __table_args__ = (UniqueConstraint("shop_id", "customer_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()
    token: Mapped[str] = mapped_column(String(24), unique=True)  # 128 bits
    address_key: Mapped[str] = mapped_column(String(64))
    email_key: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PhoneCode(Model):
    """A code that was asked for to prove a number. The code itself is an HMAC of `salt`: it is stored nowhere.

    Only the browser that asked may answer. `refused`: over one of the limits, so nothing was sent.
    """

    __tablename__ = "phone_codes"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "customer_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_phone_codes_shop_browser", "shop_id", "browser_hash", "id"),
        Index("ix_phone_codes_shop_phone", "shop_id", "phone_key", "made_at"),
        Index("ix_phone_codes_ip", "ip_key", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    customer_id: Mapped[int] = mapped_column()  # whose browser asked
    browser_hash: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(String(16))  # E.164; blank a day later
    phone_key: Mapped[str] = mapped_column(String(64))
    ip_key: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    won: Mapped[int] = mapped_column(default=0)  # what sending it cost
    refused: Mapped[str] = mapped_column(String(12), default="")  # number | address | browser | shop | money
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NewPhone(Model):
    """A browser that waits at the counter for a card of the shop to be moved to it, under a matching word."""

    __tablename__ = "new_phones"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        Index(
            "uq_new_phones_one_waiting",
            "shop_id",
            "browser_hash",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "uq_new_phones_one_word",
            "shop_id",
            "word",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    browser_hash: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    word: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8), default="waiting")  # waiting | given | gone
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What the staff looked at: number | known | paper
    checked: Mapped[str] = mapped_column(String(8), default="")
    staff_id: Mapped[int | None] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    works_id: Mapped[int | None] = mapped_column()  # who of the shop is signed in on the waiting phone


class Merge(Model):
    """Two people who were one: whose things went to whom, so that it can be undone for thirty days."""

    __tablename__ = "merges"
    __table_args__ = (
        UniqueConstraint("shop_id", "id"),
        ForeignKeyConstraint(["shop_id", "kept_id"], ["customers.shop_id", "customers.id"]),
        ForeignKeyConstraint(["shop_id", "gone_id"], ["customers.shop_id", "customers.id"]),
        Index("ix_merges_shop_kept", "shop_id", "kept_id"),
        Index(
            "uq_merges_one_standing",
            "shop_id",
            "gone_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    kept_id: Mapped[int] = mapped_column()
    gone_id: Mapped[int] = mapped_column()
    kept_card_id: Mapped[int] = mapped_column()
    gone_card_id: Mapped[int] = mapped_column()
    how: Mapped[str] = mapped_column(String(8))  # code | counter | owner
    staff_id: Mapped[int | None] = mapped_column()
    stamps: Mapped[int] = mapped_column(default=0)  # that went along
    points: Mapped[int] = mapped_column(default=0)
    # Table → ids of the rows that went along
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # What both rows said before, and the kept one after; blank once it can't be undone any more.
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None] = mapped_column()
