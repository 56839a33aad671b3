"""What the demo's people wrote after their visits, and the owner's answers."""

from __future__ import annotations

from collections import Counter as Counted
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.flows.demo.description import ReviewWords
from app.flows.demo.holders import Holder
from app.flows.demo.remembered import PICTURES
from app.flows.demo.rows import Row, drawn_key, moment_of
from app.flows.demo.stamps import Counter
from app.kit.clock import kst_day, start_of_day

ASK_LIFE = timedelta(days=60)  # counted from the visit
HISTORY = timedelta(days=170)
REWARDED = timedelta(days=30)  # a shop that gives a stamp for a review began to so long ago
_NEWEST = timedelta(hours=5)
# Of four who are asked one writes: the asks that nobody answered are drawn beside the others.
_UNANSWERED_FOR_ONE = 3
_PHOTO_SIDE = 900  # pixels
_UNREPLIED = timedelta(days=4)
_MOODS = {5: "good", 4: "good", 3: "fair", 2: "bad", 1: "bad"}


@dataclass(frozen=True)
class Asked:
    """One ask and the review it brought, as letters need them."""

    holder: Holder
    visit: Row
    ask: Row
    review: Row | None


class Reviewers:
    """Finds a fitting visit for every review and writes both down."""

    def __init__(self, rng: Random, counter: Counter, moment: datetime) -> None:
        self.rng, self.counter, self.moment = rng, counter, moment
        self.tables, self.shop, self.shop_id = counter.tables, counter.shop, counter.shop_id
        tables = counter.tables
        self._bought: dict[int, set[str]] = defaultdict(set)
        for line in tables.rows["visit_items"]:
            self._bought[id(line["visit_id"])].add(line["product_id"]["name"])
        self._asked: set[int] = set()
        self._wrote: set[int] = set()
        self._sums: Counted[tuple[int, int]] = Counted()
        self._products: dict[int, Row | None] = {}

    def write(self, holders: list[Holder]) -> list[Asked]:
        """Spread the shop's reviews over half a year, the newest of them of today, and return all asks."""
        visits = [
            (visit, holder)
            for holder in holders
            if holder.person.erased_at is None
            for visit in holder.stood
            if self.moment - HISTORY < visit["at"] < self.moment - _NEWEST
        ]
        visits.sort(key=lambda pair: moment_of(pair[0], "at"))
        found, texts = [], self.shop.reviews
        for place, words in enumerate(texts):
            target = self.moment - HISTORY + (HISTORY - _NEWEST) * (place + 1) / len(texts)
            fitting = [pair for pair in visits if self._fits(words, *pair)]
            visit, holder = min(fitting, key=lambda pair: abs((pair[0]["at"] - target).total_seconds()))
            found.append(self._review(words, visit, holder))
        free = [pair for pair in visits if id(pair[0]) not in self._asked and pair[1].person.name]
        silent = self.rng.sample(free, min(len(free), _UNANSWERED_FOR_ONE * len(texts)))
        found += [Asked(holder, visit, self._ask(visit, holder), None) for visit, holder in silent]
        self._settings()
        self._sum_up()
        for table, by in (
            ("review_asks", "made_at"),
            ("reviews", "at"),
            ("review_replies", "at"),
            ("review_hidings", "at"),
        ):
            self.tables.number(table, by=by)
        return found

    def _fits(self, words: ReviewWords, visit: Row, holder: Holder) -> bool:
        # Everybody writes once: nobody meets two reviews by one hand on a page of ten.
        if id(holder) in self._wrote or (words.about and words.about not in self._bought[id(visit)]):
            return False
        # The stamp for a review is the last thing on its card: only somebody who has not been in since gets one.
        return not self._is_rewarded(visit["at"]) or (
            visit is holder.stood[-1] and holder.balance + 1 < holder.goal
        )

    def _is_rewarded(self, at: datetime) -> bool:
        return self.shop.review_stamps > 0 and at > self.moment - REWARDED

    def _ask(self, visit: Row, holder: Holder) -> Row:
        self._asked.add(id(visit))
        return self.tables.add(
            "review_asks",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            visit_id=visit,
            token=drawn_key(self.rng)[:22],
            made_at=visit["at"],
            expires_at=visit["at"] + ASK_LIFE,
            wanted_at=None,
            product_id=None,
        )

    def _review(self, words: ReviewWords, visit: Row, holder: Holder) -> Asked:
        self._wrote.add(id(holder))
        ask = self._ask(visit, holder)
        # Some write on the way home, from the card; most after they were asked the day after.
        minutes = self.rng.randint(70, 200) if self.rng.random() < 0.3 else 1440 + self.rng.randint(4, 500)
        at = min(_awake(visit["at"] + timedelta(minutes=minutes)), self.moment - timedelta(minutes=9))
        rewarded = self._is_rewarded(visit["at"])
        review = self.tables.add(
            "reviews",
            shop_id=self.shop_id,
            customer_id=holder.customer,
            ask_id=ask,
            stars=words.stars,
            mood=_MOODS[words.stars],
            text=words.text,
            shown_name=shown(holder.person.name),
            reward="도장 1개" if rewarded else "",
            at=at,
            answered_at=None,
            words_at=self.moment,
        )
        self._about(words, visit, review, at)
        if rewarded:
            self.counter.thank_for_review(holder, at)
        if words.reply and at < self.moment - _UNREPLIED:
            review["answered_at"] = _awake(at + timedelta(minutes=self.rng.randint(40, 1300)))
            self.tables.add(
                "review_replies",
                shop_id=self.shop_id,
                review_id=review,
                staff_id=self.counter.staff[0],
                text=words.reply,
                at=review["answered_at"],
            )
        return Asked(holder, visit, ask, review)

    def _about(self, words: ReviewWords, visit: Row, review: Row, at: datetime) -> None:
        """Add what the flows and a night would have: its goods, its place in the sums, its words; one may be hidden."""
        goods = sorted(self._bought[id(visit)])
        products = {row["name"]: row for row in self.tables.rows["products"]}
        for name in goods:
            self.tables.add("review_goods", shop_id=self.shop_id, product_id=products[name], review_id=review)
        if words.photo:
            self._photo(words, review, at)
        for word in words.words.split():
            side = "praise" if word[0] == "+" else "blame"
            self.tables.add(
                "review_words",
                shop_id=self.shop_id,
                review_id=review,
                word=word[1:].replace("_", " "),
                side=side,
            )
        if words.hidden is not None:
            cause, note = words.hidden
            self.tables.add(
                "review_hidings",
                shop_id=self.shop_id,
                review_id=review,
                cause=cause,
                note=note,
                staff_id=self.counter.staff[0],
                at=at + timedelta(hours=3),
                ended_at=None,
                ended_by=None,
            )
            return
        for product in (None, *(products[name] for name in goods)):
            self._sums[id(product) if product else 0, words.stars] += 1
            self._products[id(product) if product else 0] = product

    def _photo(self, words: ReviewWords, review: Row, at: datetime) -> None:
        name = f"review_{words.photo}.webp"
        digest = next(digest for digest, path in PICTURES.items() if path.name == name)
        self.tables.add(
            "photos",
            shop_id=self.shop_id,
            customer_id=review["customer_id"],
            ask_id=review["ask_id"],
            review_id=review,
            ref=drawn_key(self.rng)[:22],
            state="ready",
            reason="",
            width=_PHOTO_SIDE,
            height=_PHOTO_SIDE,
            tries=1,
            at=at,
            digest=digest,
            passed_at=None if words.is_unseen else at,
        )

    def _sum_up(self) -> None:
        for (product, stars), number in self._sums.items():
            self.tables.add(
                "review_sums",
                shop_id=self.shop_id,
                product_id=self._products[product] or 0,
                stars=stars,
                reviews=number,
            )

    def _settings(self) -> None:
        rewards = self.shop.review_stamps
        self.tables.add(
            "review_settings",
            shop_id=self.shop_id,
            reward_stamps=rewards,
            hashtag=self.shop.hashtag,
            naver_url=self.shop.review_places[0],
            kakao_url=self.shop.review_places[1],
            google_url="",
            checks_photos=any(words.is_unseen for words in self.shop.reviews),
            changed_at=self.moment - (REWARDED if rewards else HISTORY),
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
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}" if len(name) > 2 else f"{name[0]}*"
