"""What the demo's people wrote after their visits, and the owner's answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.flows.demo.description import Description, ReviewWords
from app.flows.demo.holders import Holder
from app.flows.demo.rows import Row, Tables, drawn_key
from app.kit.clock import kst_day, start_of_day

ASK_LIFE = timedelta(days=30)
HISTORY = timedelta(days=170)
_NEWEST = timedelta(hours=5)
# Of four who are asked one writes: the asks that nobody answered are drawn beside the others.
_UNANSWERED_FOR_ONE = 3
_UNREPLIED = timedelta(days=4)
_MOODS = {5: "good", 4: "good", 3: "fair", 2: "bad", 1: "bad"}


@dataclass(frozen=True)
class Asked:
    """One ask and the review it brought, as letters need them."""

    holder: Holder
    ask: Row
    review: Row | None


class Reviewers:
    """Finds a fitting visit for every review and writes both down."""

    def __init__(self, rng: Random, tables: Tables, shop: Description, shop_id: int) -> None:
        self.rng, self.tables, self.shop, self.shop_id = rng, tables, shop, shop_id
        self._bought: dict[int, set[str]] = defaultdict(set)
        for line in tables.rows["visit_items"]:
            self._bought[id(line["visit_id"])].add(line["product_id"]["name"])
        self._asked: set[int] = set()
        self._wrote: set[int] = set()

    def write(self, holders: list[Holder], owner: Row, moment: datetime) -> list[Asked]:
        """Spread the shop's reviews over half a year, the newest of them of today, and return all asks."""
        visits = [
            (visit, holder)
            for holder in holders
            if holder.person.erased_at is None
            for visit in holder.stood
            if moment - HISTORY < visit["at"] < moment - _NEWEST
        ]
        visits.sort(key=lambda pair: pair[0]["at"])
        found, texts = [], self.shop.reviews
        for place, words in enumerate(texts):
            target = moment - HISTORY + (HISTORY - _NEWEST) * (place + 1) / len(texts)
            fitting = [pair for pair in visits if self._fits(words, *pair)]
            visit, holder = min(fitting, key=lambda pair: abs((pair[0]["at"] - target).total_seconds()))
            found.append(self._review(words, visit, holder, owner, moment))
        free = [pair for pair in visits if id(pair[0]) not in self._asked and pair[1].person.name]
        silent = self.rng.sample(free, min(len(free), _UNANSWERED_FOR_ONE * len(texts)))
        found += [Asked(holder, self._ask(visit, holder), None) for visit, holder in silent]
        self._settings(moment)
        for table, by in (("review_asks", "made_at"), ("reviews", "at"), ("review_replies", "at")):
            self.tables.number(table, by=by)
        return found

    def _fits(self, words: ReviewWords, visit: Row, holder: Holder) -> bool:
        # Everybody writes once: nobody meets two reviews by one hand on a page of ten.
        return (
            id(holder) not in self._wrote
            and id(visit) not in self._asked
            and (not words.about or words.about in self._bought[id(visit)])
        )

    def _ask(self, visit: Row, holder: Holder) -> Row:
        self._asked.add(id(visit))
        made_at = visit["at"] + timedelta(minutes=self.rng.randint(60, 200))
        return self.tables.add(
            "review_asks",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            visit_id=visit,
            token=drawn_key(self.rng)[:22],
            made_at=made_at,
            expires_at=made_at + ASK_LIFE,
            wanted_at=None,
        )

    def _review(self, words: ReviewWords, visit: Row, holder: Holder, owner: Row, moment: datetime) -> Asked:
        self._wrote.add(id(holder))
        ask = self._ask(visit, holder)
        at = _awake(ask["made_at"] + timedelta(minutes=self.rng.randint(2, 300)))
        at = min(at, moment - timedelta(minutes=9))
        review = self.tables.add(
            "reviews",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            ask_id=ask,
            stars=words.stars,
            mood=_MOODS[words.stars],
            text=words.text,
            shown_name=shown(holder.person.name),
            reward="",
            at=at,
        )
        replied_at = _awake(at + timedelta(minutes=self.rng.randint(40, 1300)))
        if words.reply and at < moment - _UNREPLIED:
            self.tables.add(
                "review_replies",
                shop_id=self.shop_id,
                review_id=review,
                staff_id=owner,
                text=words.reply,
                at=replied_at,
            )
        return Asked(holder, ask, review)

    def _settings(self, moment: datetime) -> None:
        self.tables.add(
            "review_settings",
            shop_id=self.shop_id,
            reward_stamps=0,
            hashtag=self.shop.hashtag,
            naver_url="",
            kakao_url="",
            google_url="",
            changed_at=moment - HISTORY,
        )


def _awake(at: datetime) -> datetime:
    """Return the moment itself by day, else one of the next morning: nobody writes while others sleep."""
    minute = (at - start_of_day(kst_day(at))).total_seconds() / 60
    if 7 * 60 <= minute < 23 * 60:
        return at
    return at + timedelta(hours=9)


def shown(name: str) -> str:
    """Return a name as strangers may read it: 김*지, "" for somebody without one."""
    if len(name) < 2:
        return ""
    return f"{name[0]}*{name[2:]}" if len(name) > 2 else f"{name[0]}*"
