"""도장 확인서: what a card was worth at one moment, signed, so that anybody who holds the paper can check it.

Everything on the paper is in its own token; nothing is looked up when it is checked. So it says the same for years,
also when the card has changed, the rule is another one, or its holder has left, and never more than the paper.
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from app.cards import queries
from app.cards.models import Card, CardRule
from app.customers.models import Customer
from app.extensions import db
from app.kit.clock import kst_day
from app.kit.korean import clock_time, day_name
from app.kit.names import masked_name
from app.kit.refusals import Refused
from app.kit.signing import SPOKEN_ALPHABET, derive_key, same, spoken_mac
from app.shops.models import Shop

_MARK = "S1"
_MAC_LENGTH = 20  # 100 bits, for years
_SEPARATOR = "\x1f"
_MOST = 2000  # characters of a token; a real one has a few hundred
REWARDS_SHOWN = 3
# Words nearly every statement has: with them a token is a third shorter. Part of the format: never change it.
_COMMON_WORDS = "도장 를 모으면 개에 아메리카노 한 잔 커피 반찬 음료 무료 이용권 할인 서비스 사이즈업 1개2개3개10개".encode()


class NotOurs(Refused):
    """No statement of this installation, or one of which a character was changed."""

    code = "not_ours"
    status = 404
    sentence = "맞지 않는 확인서예요."


@dataclass(frozen=True)
class Statement:
    """What stands on the paper. `rewards`: "아메리카노 한 잔 2개" each; `more`: kinds that found no room."""

    shop_id: int
    shop: str
    number: str
    holder: str
    balance: int
    points: int | None
    rewards: tuple[str, ...]
    more: int
    promise: str
    since: date
    ends: date | None
    made_at: datetime

    def lines(self) -> list[tuple[str, str]]:
        """Return what it says, as (label, words): the page, the PDF and whoever checks it read the same."""
        told = [
            ("가게", self.shop),
            ("카드 번호", self.number),
            ("카드 주인", self.holder or "이름을 적지 않은 손님"),
            ("도장", f"{self.balance:,}개"),
        ]
        if self.points is not None:
            told.append(("포인트", f"{self.points:,}점"))
        listed = ", ".join(self.rewards)
        told.append(
            ("쓸 수 있는 혜택", (f"{listed} 외 {self.more}가지" if self.more else listed) or "없어요")
        )
        told.append(("약속", self.promise))
        if self.ends is not None:
            told.append(("가장 먼저 끝나는 날", _day(self.ends)))
        told.append(("카드를 만든 날", _day(self.since)))
        told.append(("확인서를 만든 때", self.made_words()))
        return told

    def made_words(self) -> str:
        """Return when it was made: "2026년 11월 26일(목) 오후 2:49"."""
        return f"{_day(kst_day(self.made_at))} {clock_time(self.made_at)}"


def _day(day: date) -> str:
    return f"{day.year}년 {day_name(day)}"


def statement(*, shop_id: int, card_id: int, now: datetime) -> Statement:
    """Return what a card is worth now, to the minute. Raises NoResultFound for a closed or foreign card."""
    row = db.session.execute(
        select(
            *(Shop.name.label("shop"), Shop.uses, Customer.name, Card.spoken, Card.balance, Card.points),
            *(Card.opened_at, Card.expires_at, CardRule.goal, CardRule.reward_name, CardRule.stages),
        )
        .join(Shop, Shop.id == Card.shop_id)
        .join(CardRule, (CardRule.shop_id == Card.shop_id) & (CardRule.id == Card.rule_id))
        .join(Customer, (Customer.shop_id == Card.shop_id) & (Customer.id == Card.customer_id))
        .where(Card.shop_id == shop_id, Card.id == card_id, Card.closed_at.is_(None))
    ).one()
    ready = Counter(reward.name for reward in queries.ready_rewards(shop_id=shop_id, card_id=card_id))
    listed = [f"{name} {count}개" if count > 1 else name for name, count in ready.items()]
    stages = [*sorted((at, name) for at, name in row.stages), (row.goal, row.reward_name)]
    return Statement(
        shop_id=shop_id,
        shop=row.shop,
        number=row.spoken,
        holder=masked_name(row.name),
        balance=row.balance,
        points=row.points if row.points or "points" in row.uses.split() else None,
        rewards=tuple(listed[:REWARDS_SHOWN]),
        more=max(len(listed) - REWARDS_SHOWN, 0),
        promise="도장 " + ", ".join(f"{at}개에 {name}" for at, name in stages),
        since=kst_day(row.opened_at),
        ends=None if row.expires_at is None else kst_day(row.expires_at) - timedelta(days=1),
        made_at=now.replace(second=0, microsecond=0),
    )


def token_of(found: Statement, *, master: bytes) -> str:
    """Return the signed text of a statement: digits, capitals and dots, which a QR holds in little room."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_COMMON_WORDS)
    packed = body.compress(_packed(found).encode()) + body.flush()
    text = f"{_MARK}.{found.shop_id}.{base64.b32encode(packed).decode().rstrip('=')}"
    return f"{text}.{_mac(text, found.shop_id, master)}"


def read_token(token: str, *, master: bytes) -> Statement:
    """Return the statement that a token is. Raises NotOurs when one character of it is not ours.

    The signature is over the text itself and is checked before anything of it is unpacked.
    """
    text, _, mac = token.rpartition(".")
    parts = text.split(".")
    if len(token) > _MOST or len(parts) != 3 or parts[0] != _MARK or not set(mac) <= set(SPOKEN_ALPHABET):
        raise NotOurs
    if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 19 and text.isascii()):
        raise NotOurs
    shop_id = int(parts[1])
    if not same(_mac(text, shop_id, master), mac):
        raise NotOurs
    packed = base64.b32decode(parts[2] + "=" * (-len(parts[2]) % 8))
    words = zlib.decompressobj(-15, zdict=_COMMON_WORDS).decompress(packed).decode()
    return _unpacked(shop_id, words)


def _mac(text: str, shop_id: int, master: bytes) -> str:
    return spoken_mac(derive_key(master, "statement", str(shop_id)), text, _MAC_LENGTH)


def _packed(found: Statement) -> str:
    minutes = int(found.made_at.timestamp()) // 60
    fields = [
        *(found.shop, found.number, found.holder, found.balance),
        "" if found.points is None else found.points,
        *(found.promise, found.since.toordinal(), found.ends.toordinal() if found.ends else "", minutes),
        *(found.more, *found.rewards),
    ]
    return _SEPARATOR.join(str(field).replace(_SEPARATOR, " ") for field in fields)


def _unpacked(shop_id: int, words: str) -> Statement:
    shop, number, holder, balance, points, promise, since, ends, minutes, more, *rewards = words.split(
        _SEPARATOR
    )
    return Statement(
        shop_id=shop_id,
        shop=shop,
        number=number,
        holder=holder,
        balance=int(balance),
        points=int(points) if points else None,
        rewards=tuple(rewards),
        more=int(more),
        promise=promise,
        since=date.fromordinal(int(since)),
        ends=date.fromordinal(int(ends)) if ends else None,
        made_at=datetime.fromtimestamp(int(minutes) * 60, UTC),
    )
