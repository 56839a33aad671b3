"""What the demo's people show, ask and enter, as it would stand had the flows written it; nobody is told of it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from app.board.draw_rules import TICKET_LENGTH, draw, seed_hash
from app.board.event_models import Event, EventEntry
from app.board.story_models import Story, StoryPhoto
from app.board.talk_models import BoardSetting, Post, PostComment, Question, Report
from app.extensions import files_dir
from app.flows.demo.gatherings_said import OF_SHOPS, Drawn, Gathered, Shown
from app.flows.demo.rows import Row, Tables, drawn_code, drawn_key
from app.flows.event import USE
from app.flows.story import BOARD
from app.kit import files
from app.kit.clock import kst_day, start_of_day
from app.kit.files import Place
from app.kit.names import masked_name
from app.reviews.models import Photo
from app.reviews.photos import LARGE, SMALL
from app.shops import actions as shops

_PIXELS, _SQUARE = (1200, 900), (900, 900)
_PICTURES = Path(__file__).parent


class Gatherings:
    """Writes one shop's events, photos, questions and board; then lays down the pictures."""

    def __init__(self, session: Any, tables: Tables, code: str, now: datetime) -> None:
        self.session, self.now = session, now
        self.rng = Random(f"{code}, gatherings")
        self.shop_id = int(tables.rows["shops"][0]["id"])
        self.owner = int(tables.rows["staff"][0]["id"])
        came = {id(visit["customer_id"]) for visit in tables.rows["visits"] if visit["reversed_at"] is None}
        known = [row for row in tables.rows["customers"] if row["name"] and id(row) in came]
        self.people = self.rng.sample(known, min(len(known), 90))
        self.pictures: list[tuple[str, str]] = []  # (ref, file)
        self.stories: list[tuple[Story, Row]] = []

    def write(self, gathered: Gathered) -> None:
        """Write everything down inside the transaction that opens the shop."""
        one = self._one_after_another()
        for shown in gathered.shown:
            self._story(shown, next(one))
        for question, answer, days_ago in gathered.questions:
            self._question(question, answer, self._ago(days_ago), next(one))
        for event in gathered.events:
            self._event(event)
        shops.set_use(self.session, shop_id=self.shop_id, what=USE, is_on=True)
        if gathered.welcome is not None:
            self._board(gathered, gathered.welcome, one)
        self.session.flush()

    def lay_down(self) -> None:
        """Put the file behind every photo. Call it after the commit."""
        for ref, name in self.pictures:
            body = (_PICTURES / f"{name}.webp").read_bytes()
            for kind in (LARGE, SMALL):
                place = Place(kind, self.shop_id, ref)
                files.save(files_dir(), place, BytesIO(body), most=len(body), now=self.now)

    def _one_after_another(self) -> Iterator[Row]:
        while True:
            yield from self.people

    def _ago(self, days: float) -> datetime:
        """Return a moment so long ago; older ones in the daytime, so that nobody wrote at night."""
        if days < 1:
            return self.now - timedelta(days=days)
        return self._midnight(days) + timedelta(minutes=self.rng.randint(9 * 60, 21 * 60))

    def _midnight(self, days: float) -> datetime:
        day: date = kst_day(self.now) - timedelta(days=int(days))
        return start_of_day(day)

    def _add(self, model: Any, **facts: Any) -> Any:
        row = model(shop_id=self.shop_id, **facts)
        self.session.add(row)
        self.session.flush()
        return row

    def _by(self, person: Row, at: datetime) -> dict[str, Any]:
        return {
            "customer_id": int(person["id"]),
            "shown_name": masked_name(str(person["name"])),
            "once": drawn_key(self.rng),
            "at": at,
        }

    def _story(self, shown: Shown, person: Row) -> None:
        at = self._ago(shown.days_ago)
        is_agreed, is_shown = shown.state != "private", shown.state == "shown"
        story = self._add(
            Story,
            **self._by(person, at),
            sort=shown.sort,
            text=shown.text,
            link=shown.link,
            agreed_at=at if is_agreed else None,
            passed_at=at + timedelta(hours=2) if is_shown else None,
            comment=shown.reply,
            commented_at=at + timedelta(hours=3) if shown.reply else None,
        )
        self.stories.append((story, person))
        if not shown.picture:
            return
        ref = drawn_key(self.rng)[:22]
        wide, high = _SQUARE if shown.picture.startswith("review_") else _PIXELS
        photo = self._add(
            Photo, customer_id=int(person["id"]), pick=f"story:{ref}", kept_at=at, at=at, ref=ref,
            state="ready", width=wide, height=high, tries=1,
        )  # fmt: skip
        self._add(StoryPhoto, story_id=story.id, photo_id=photo.id)
        self.pictures.append((ref, shown.picture))

    def _question(self, text: str, answer: str, at: datetime, person: Row) -> None:
        replied: dict[str, Any] = {}
        if answer:
            replied = {"answer": answer, "answered_at": at + timedelta(hours=2), "answered_by": self.owner}
        self._add(Question, **self._by(person, at), text=text, **replied)

    def _board(self, gathered: Gathered, welcome: tuple[str, str], one: Iterator[Row]) -> None:
        began = self._ago(max(days for _title, _text, days, _said in gathered.posts) + 2)
        self._add(BoardSetting, has_board=True, has_stories=True, checks_first=True, changed_at=began)
        shops.set_use(self.session, shop_id=self.shop_id, what=BOARD, is_on=True)
        title, text = welcome
        own = {"staff_id": self.owner, "once": drawn_key(self.rng), "at": began}
        self._add(Post, **own, title=title, text=text, is_first=True)
        for title, text, days_ago, said in gathered.posts:
            at = self._ago(days_ago)
            post = self._add(Post, **self._by(next(one), at), title=title, text=text, comments=len(said))
            for words in said:
                at = min(at + timedelta(minutes=self.rng.randint(20, 200)), self.now)
                by: dict[str, Any] = self._by(next(one), at)
                if words.startswith("> "):
                    by = {"staff_id": self.owner, "once": drawn_key(self.rng), "at": at}
                comment = self._add(PostComment, post_id=post.id, text=words.lstrip(">! "), **by)
                if words.startswith("! "):
                    who = int(next(one)["id"])
                    self._add(
                        Report, customer_id=who, what="comment", row_id=comment.id, cause="ad", at=self.now
                    )

    def _event(self, drawn: Drawn) -> None:
        seed = f"{self.rng.getrandbits(256):064x}"
        begins, ends = self._midnight(drawn.begins), self._midnight(drawn.ends)
        sent = [(story, person) for story, person in self.stories if drawn.asks and story.at >= begins]
        showing = {int(person["id"]): person for _story, person in sent}
        others = [person for person in self.people if int(person["id"]) not in showing]
        people = [
            *showing.values(), *self.rng.sample(others, min(drawn.people - len(showing), len(others)))
        ]  # fmt: skip
        event = self._add(
            Event, once=drawn_key(self.rng), title=drawn.title, text=drawn.text, prize=drawn.prize,
            winners=drawn.winners, conditions={"visits": drawn.visits, "group": "", "age14": False, "asks": drawn.asks},
            starts_at=begins, ends_at=ends, seed=seed, seed_hash=seed_hash(seed), entries=len(people),
            staff_id=self.owner, made_at=begins, shown_at=begins,
        )  # fmt: skip
        for story, _person in sent:
            story.event_id = event.id
        taken: set[str] = set()
        tickets = [drawn_code(self.rng, TICKET_LENGTH, taken) for _each in people]
        won: dict[str, int] = {}
        if ends <= self.now:
            event.drawn_at = ends + timedelta(hours=10)
            won = {ticket: rank for rank, ticket in enumerate(draw(seed, tickets, drawn.winners), 1)}
        span = (min(ends, self.now) - begins).total_seconds()
        moments = sorted(self.rng.random() for _each in people)
        for number, (person, ticket, share) in enumerate(zip(people, tickets, moments, strict=True), 1):
            rank = won.get(ticket)
            self._add(
                EventEntry,
                event_id=event.id,
                customer_id=int(person["id"]),
                number=number,
                ticket=ticket,
                shown_name=masked_name(str(person["name"])) if self.rng.random() < 0.6 else "",
                at=begins + timedelta(seconds=span * share),
                rank=rank,
                given_at=event.drawn_at + timedelta(days=2) if rank == 1 else None,
            )


def gather(session: Any, tables: Tables, code: str, now: datetime) -> Gatherings | None:
    """Write what a demo shop's people show and enter, where it has something; lay_down() follows the commit."""
    if code not in OF_SHOPS:
        return None
    gatherings = Gatherings(session, tables, code, now)
    gatherings.write(OF_SHOPS[code])
    return gatherings
