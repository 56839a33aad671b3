"""A shop in which every table has a row, and every word is known: for tests that look for leaks."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from app.cards.models import Card, LedgerEntry, Lot, LotUse, Redemption
from app.customers.models import Customer, OptOutLink, PhoneClaim
from app.extensions import db
from app.flows import (
    access,
    automation,
    claim,
    person,
    privacy,
    redeem,
    review,
    review_asks,
    stamp,
    voice,
)
from app.flows.undo import undo_stamp
from app.flows.unit import write
from app.messages.models import AdGrant, Attempt, DemoPhoneMessage, Message
from app.reviews.models import Photo
from app.shops import proofs
from app.shops.models import LoginTry
from app.visits.models import Product, Visit, VisitItem
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows import books
from tests.security import (
    full_board,
    full_groups,
    full_imp,
    full_known,
    full_months,
    full_news,
    full_notifications,
    full_programs,
    full_reviews,
    full_rhythm,
    full_testers,
    full_voices,
)
from tests.security import full_letters as letters
from tests.security import full_perks as perks
from tests.security import full_warranties as warranties

# Global by design: no shop's data is in them.
OF_NO_SHOP = {
    "channel_health",
    "clock_leases",
    "periodic_tasks",
    "login_tries",
    "restores",
    "shops",
    "alembic_version",
}


@dataclass(frozen=True)
class FullShop:
    """The shop, two of its customers, and everything of it that another must never read."""

    shop: AShop
    staff_id: int
    known: ACustomer
    nameless: ACustomer
    ids: dict[str, int]
    code: str  # a live code of `known`
    opt_out: str
    secrets: tuple[str, ...]

    def number_for(self, converter: str) -> int:
        """Return this shop's row for a number in an address (claim_id, entry_id …)."""
        return self.ids[converter]


def a_full_shop(word: str, number: str, *, is_demo: bool = False) -> FullShop:
    """Open a shop whose every private text holds `word` (two syllables)."""
    shop = factories.a_shop(
        f"{word}상회", reward_name=f"{word}선물", owner_name=f"{word}주인", is_demo=is_demo
    )
    staff_id = factories.a_staff(shop, name=f"{word}직원")
    known = factories.a_customer(shop, name=f"{word}손님", phone=number, agrees="all")
    twin = factories.a_customer(shop, name=f"{word}쌍둥이", phone=number)
    nameless = factories.a_customer(shop)
    now = factories.now()
    person.save_notes(
        shop_id=shop.id, customer_id=known.id, staff_id=shop.owner_id, name=f"{word}손님", memo=f"{word}메모",
        likes=f"{word}취향", ip="127.0.0.1", now=now,
    )  # fmt: skip
    automation.save(shop_id=shop.id, kind="thank_you", text=f"{word}말씀 고마워요", delay_minutes=30, now=now)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id}
    holder, reward_id = factories.a_reward(shop, known)
    used = redeem.use_reward(**own, reward_id=reward_id, once=factories.once(), how="live_card", now=now)
    redeem.undo_use(**own, redemption_id=used.redemption_id, now=now)
    redeem.use_reward(**own, reward_id=reward_id, once=factories.once(), how="live_card", now=now)
    first = factories.a_stamp(shop, nameless.card_id, at=now - timedelta(days=2))
    undo_stamp(**own, entry_id=first.entry_id, now=now)
    stamp.give(
        **own,
        once=factories.once(),
        now=now,
        master=factories.master(),
        how="scan",
        code=factories.a_code(nameless),
    )
    factories.a_reward(shop, known)
    last = factories.a_stamp(shop, known.card_id)
    product_id = _goods(shop, known, word)
    visit_id, invite = perks.brought(shop, known, nameless, word)
    waiting = factories.a_claim(shop, known)
    refused = factories.a_claim(shop, nameless)
    claim.refuse(shop_id=shop.id, claim_id=refused.claim_id, staff_id=shop.owner_id, now=now)
    message_id = _messages(shop, known, word)
    address = _address(known, number)
    review_id, voice_id, ask_token = _said(shop, known, word)
    coupon_ids = perks.with_coupons(shop, known, nameless, word)
    token = _opt_out(shop, twin)
    days_id, paper_id = perks.calendar(shop, known, word)
    merge_id = perks.two_of_one(shop, word)
    kiosk_id, call_id = perks.at_the_counter(shop, nameless)
    full_rhythm.with_rhythm(shop)
    full_groups.with_groups(shop, known)
    full_months.with_months(shop, word)
    full_reviews.with_care(shop, review_id, word)
    ids = {
        "kiosk_id": kiosk_id,
        "call_id": call_id,
        "days_id": days_id,
        "product_id": product_id,
        "paper_id": paper_id,
        "merge_id": merge_id,
        "other_id": nameless.id,
        **perks.with_tiers(shop, known, word),
        "claim_id": waiting.claim_id,
        "entry_id": last.entry_id,
        "card_id": known.card_id,
        "customer_id": known.id,
        "reward_id": _newest_reward(known),
        "redemption_id": _newest_use(shop),
        "message_id": message_id,
        "staff_id": staff_id,
        "review_id": review_id,
        "voice_id": voice_id,
        "visit_id": visit_id,
        **coupon_ids,
        "offline_id": perks.scanned_offline(shop, known),
        "campaign_id": letters.messages_travel(shop, known, word),
        **letters.written_to_one(shop, known, word),
        **full_known.with_knowledge(shop, known, word),
        **full_programs.with_programs(shop, known, word),
        **full_voices.with_voices(shop, known, staff_id, voice_id, word),
        **full_notifications.with_notifications(shop, staff_id, voice_id, word),
        **full_testers.with_testers(shop, known, word),
        **full_imp.with_files(shop, known, nameless, word),
        **full_news.with_news(shop, known, word),
        **full_board.with_board(shop, known, nameless, word),
        **warranties.with_warranties(shop, known, word),
    }
    card = factories.a_card(holder.card_id)
    digits = "".join(char for char in number if char.isdigit())
    secrets = (
        f"{word}손님", f"{word}쌍둥이", f"{word}메모", f"{word}취향", f"{word}직원", f"{word}말씀",
        number, digits, f"+82{digits[1:]}", digits[-4:], card.ref, card.spoken, token, known.browser,
        address,
        ask_token, f"{word}불편", f"{word}휴가", f"{word}기념", f"{word}단체", f"{word}콩이", f"{word}포스", f"{word}크림", f"{word}귀띔", invite, perks.coupon_refs(known)[0], perks.coupon_refs(known)[1],
        ask_token, f"{word}불편", f"{word}휴가", f"{word}기념", f"{word}단체", f"{word}콩이", f"{word}포스", f"{word}크림", f"{word}국물", f"{word}모임", f"{word}이야기", f"{word}댓글", invite, perks.coupon_refs(known)[0], perks.coupon_refs(known)[1],
        ask_token, f"{word}불편", f"{word}휴가", f"{word}기념", f"{word}단체", f"{word}콩이", f"{word}포스", f"{word}크림", invite, perks.coupon_refs(known)[0], perks.coupon_refs(known)[1],
        *warranties.secrets_of(word),
        ask_token, f"{word}불편", f"{word}휴가", f"{word}기념", f"{word}단체", f"{word}콩이", f"{word}포스", f"{word}크림", f"{word}쪽지", invite, perks.coupon_refs(known)[0], perks.coupon_refs(known)[1],
        ask_token, f"{word}불편", f"{word}휴가", f"{word}기념", f"{word}단체", f"{word}콩이", f"{word}포스", f"{word}크림", f"{word}쓴말", f"{word}까닭", invite, perks.coupon_refs(known)[0], perks.coupon_refs(known)[1],
    )  # fmt: skip
    return FullShop(shop, staff_id, known, nameless, ids, factories.a_code(known), token, secrets)


def _goods(shop: AShop, known: ACustomer, word: str) -> int:
    of = {"shop_id": shop.id, "entry_id": books.last_stamp(known.card_id)}
    with write() as session:
        product = Product(shop_id=shop.id, name=f"{word}라떼", price=4500)
        session.add(product)
        session.flush()
        visit_id = session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == known.id))
        session.add(VisitItem(shop_id=shop.id, visit_id=visit_id, product_id=product.id, price=4500))
        session.add(LoginTry(key="login:nobody", at=factories.now()))
        lot = Lot(**of, card_id=known.card_id, unit="stamp", amount=1, remaining=0, earned_at=factories.now())
        session.add(lot)
        session.flush()
        session.add(LotUse(**of, lot_id=lot.id, amount=1))
        return int(product.id)


def _messages(shop: AShop, known: ACustomer, word: str) -> int:
    """Give one message an attempt, a right and a bubble on the demo phone; return one of the by-hand queue."""
    now = factories.now()
    with write() as session:
        row = session.scalars(
            db.select(Message).where(Message.customer_id == known.id).order_by(Message.id)
        ).first()
        session.add(Attempt(shop_id=shop.id, message_id=row.id, fence=99, started_at=now, outcome="by_hand"))
        session.add(
            AdGrant(shop_id=shop.id, customer_id=known.id, message_id=row.id, at=now - timedelta(days=40))
        )
        session.add(
            DemoPhoneMessage(
                shop_id=shop.id, key=row.provider_key, to="+821000000000", text=f"{word}말씀", at=now
            )
        )
        by_hand = Message(
            shop_id=shop.id, customer_id=known.id, kind="thank_you", channel="own_phone", cause=f"test:{word}",
            dedupe_key=f"test:{word}", due_at=now, not_after=now + timedelta(days=2), staged_at=now,
            text=f"(광고){shop.name}\n\n{word}말씀\n\n문의 02-123-4567\n무료수신거부 https://dangol.test/o/x",
            provider_key=hashlib.sha256(word.encode()).hexdigest()[:32], created_at=now, facts={},
        )  # fmt: skip
        session.add(by_hand)
        session.flush()
        return int(by_hand.id)


def _address(known: ACustomer, number: str) -> str:
    """Give the person an e-mail address they have confirmed."""
    address = f"mail-{number[-4:]}@home.test"
    with write() as session:
        someone = session.get_one(Customer, known.id)
        someone.email, someone.email_key, someone.email_checked_at = (
            address,
            f"key-of-{address}",
            factories.now(),
        )
    return address


def _said(shop: AShop, known: ACustomer, word: str) -> tuple[int, int, str]:
    """Let the person review the last visit, and say something to the shop alone; both are answered.

    Returns the review, the voice, and the token of the ask. The review's words are for everybody.
    """
    own, now = {"shop_id": shop.id, "staff_id": shop.owner_id}, factories.now()
    decided = dict.fromkeys(("naver_url", "kakao_url", "google_url"), "")
    review.save_settings(
        shop_id=shop.id,
        reward_stamps="0",
        hashtag="".join(filter(str.isalnum, f"{word}상회")),
        **decided,
        now=now,
    )
    visit_id = db.session.scalar(db.select(db.func.max(Visit.id)).where(Visit.customer_id == known.id))
    token = review_asks.open_ask(shop_id=shop.id, customer_id=known.id, visit_id=int(visit_id or 0), now=now)
    left = review.leave(token=token, stars="4", mood="good", text="맛있어요", told_reward=0, now=now)
    review.answer(**own, review_id=left.review_id, text="고맙습니다", now=now)
    picked = {"shop_id": shop.id, "customer_id": known.id, "at": now}
    with write() as session:
        session.add(
            Photo(**picked, review_id=left.review_id, ref=hashlib.sha256(word.encode()).hexdigest()[:22])
        )
    voice_id = voice.open_voice(
        shop_id=shop.id, customer_id=known.id, kind="complaint", text=f"{word}불편", once=factories.once(), now=now
    )  # fmt: skip
    return left.review_id, voice_id, token


def _opt_out(shop: AShop, twin: ACustomer) -> str:
    from app.customers import reaching

    with write() as session:
        token = reaching.opt_out_link(
            session,
            shop_id=shop.id,
            customer_id=twin.id,
            address_key=f"key-of-{shop.id}",
            now=factories.now(),
        )
    privacy.opt_out(token=token, source="link", now=factories.now())
    with write() as session:
        session.add(
            PhoneClaim(shop_id=shop.id, customer_id=twin.id, phone="+821055556666", at=factories.now())
        )
    access.mint_link(kind="phone", shop_id=shop.id, staff_id=None, lifetime_s=600, now=factories.now())
    access.note_access(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        customer_id=twin.id,
        action="view",
        ip="",
        now=factories.now(),
    )
    factories.a_session(shop, shop.owner_id)  # and with it the first line of the record of changes
    with write() as session:
        proofs.renew_recovery(session, shop_id=shop.id, staff_id=shop.owner_id, hashes=[f"of {shop.code}"])
    return str(db.session.scalar(db.select(OptOutLink.token).where(OptOutLink.shop_id == shop.id)))


def _newest_reward(known: ACustomer) -> int:
    from app.cards.models import Reward

    return int(
        db.session.scalar(db.select(db.func.max(Reward.id)).where(Reward.customer_id == known.id)) or 0
    )


def _newest_use(shop: AShop) -> int:
    return int(
        db.session.scalar(db.select(db.func.max(Redemption.id)).where(Redemption.shop_id == shop.id)) or 0
    )


def rows_of(shop_id: int | None = None, *, but: Iterable[str] = ()) -> dict[str, str]:
    """Return a checksum of each table, or of one shop's rows in it. `but`: tables or "table.column" left out.

    A crawl asks after each of some hundred requests, nearly all of which were refused: where SQLite says that nothing
    was written since, there is nothing to read again.
    """
    db.session.rollback()
    asked = (shop_id, frozenset(but), _writings())
    if asked[2] is None or asked not in _seen:
        _seen.clear()
        _seen[asked] = _read(*asked[:2])
    return dict(_seen[asked])


# What was read last.
_seen: dict[Any, dict[str, str]] = {}


def _read(shop_id: int | None, but: frozenset[str]) -> dict[str, str]:
    found = {}
    cursor = db.session.connection().connection.cursor()  # as the driver gives them
    for name, statement in _looks("" if shop_id is None else str(shop_id), but).items():
        cursor.execute(statement)
        lines = cursor.fetchall()
        found[name] = hashlib.sha256(repr(lines).encode()).hexdigest() + f" ({len(lines)})"
    db.session.rollback()
    return found


def _writings() -> tuple[str, int] | None:
    """Return what is another after whatever any other connection writes (sqlite.org/pragma.html#pragma_data_version)."""
    if db.engine.dialect.name != "sqlite":
        return None
    file = str(db.engine.url.database)
    looker = _onlooker(file, os.stat(file).st_ino)
    return f"{file} {id(looker)}", int(looker.execute("PRAGMA data_version").fetchone()[0])


@cache
def _onlooker(file: str, inode: int) -> sqlite3.Connection:
    """Return a connection to this very file that only looks on."""
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


@cache
def _looks(shop_id: str, left_out: frozenset[str]) -> dict[str, str]:
    """Return the statement that reads a table's rows, for each table."""
    found = {}
    for table in db.metadata.sorted_tables:
        of_shop = "shop_id" if "shop_id" in table.c else "id" if table.name == "shops" else None
        if table.name in left_out or (shop_id and of_shop is None):
            continue
        columns = [f'"{column.name}"' for column in table.c if f"{table.name}.{column.name}" not in left_out]
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        where = f"WHERE {of_shop} = {shop_id}" if shop_id else ""
        found[table.name] = f"SELECT {', '.join(columns)} FROM {table.name} {where} ORDER BY {order}"
    return found


def balance_of(customer: ACustomer) -> int:
    """Return the stamps on a card, added up from its lines."""
    db.session.rollback()
    total = db.session.scalar(
        db.select(db.func.sum(LedgerEntry.delta)).where(LedgerEntry.card_id == customer.card_id)
    )
    assert (total or 0) == db.session.scalar(db.select(Card.balance).where(Card.id == customer.card_id))
    return int(total or 0)
