"""What reviews praise and blame is read at night, in pieces, each review once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.extensions import db
from app.flows import photo, privacy, review_words
from app.flows.unit import write
from app.kit import limited_process, morphemes
from app.kit.limited_process import FellOver, Stopped
from app.reviews import queries, words
from app.reviews.actions import care
from app.reviews.care_models import ReviewWord
from app.reviews.models import Review
from app.reviews.words import Said, Span
from tests import factories
from tests.factories import ACustomer, AShop
from tests.flows.test_review import an_ask, leave
from tests.flows.test_review_care import hide, show
from tests.world import Clock


class Reader:
    """Stands in for the library: words it knows, and one text it dies of."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, texts: list[str], _desk: object, _beside: object) -> list[list[tuple[str, str]]]:
        self.calls += 1
        if any("죽어" in text for text in texts):
            raise FellOver("planted")
        good = [("친절", "NNG"), ("하", "XSA"), ("어요", "EF")]
        bad = [("친절", "NNG"), ("하", "XSA"), ("지", "EC"), ("않", "VX"), ("어요", "EF")]
        return [bad if "않" in text else good for text in texts]


def test_words_are_read_at_night_once(
    shop: AShop, jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader()
    monkeypatch.setattr(morphemes, "read", reader)
    texts = ("친절해요", "친절하지 않아요", "죽어", "  ")
    left = [
        leave(an_ask(shop, factories.a_customer(shop, name="손님")), text=text).review_id for text in texts
    ]
    assert review_words.read_new(now=clock()) == 0, "at night"
    month = clock().date().replace(day=1)
    clock.advance(days=1)
    assert review_words.read_new(now=clock()) == 4
    assert review_words.read_new(now=clock()) == 0
    found = words.words(shop.id, Span())
    assert (found.praise, found.blame, found.reviews) == ([("친절", 1)], [("친절", 1)], 4)
    said = Said("친절", "blame")
    assert [line.id for line in queries.of_shop(shop.id, said=said).lines] == [left[1]]
    assert words.words(shop.id, Span(month)).blame == [("친절", 1)]
    assert words.words(shop.id, Span(month.replace(year=2020))).blame == []
    hide(shop, left[1])
    assert words.words(shop.id, Span()).blame == [], "what is hidden is not counted"
    show(shop, left[1])
    writer = db.session.scalar(db.select(Review.customer_id).where(Review.id == left[1]))
    privacy.erase(shop_id=shop.id, customer_id=int(writer or 0), now=clock())
    assert words.words(shop.id, Span()).blame == []
    assert db.session.scalar(db.select(db.func.count()).select_from(ReviewWord)) == 1


def test_a_night_that_was_cut_short_is_gone_on_with_and_nothing_counts_twice(
    shop: AShop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(morphemes, "read", Reader())
    monkeypatch.setattr(review_words, "AT_ONCE", 2)
    for _each in range(5):
        leave(an_ask(shop, factories.a_customer(shop)), text="친절해요")
    clock.advance(days=1)
    breaths = iter((False, False, True))
    assert review_words.read_new(now=clock(), breath=lambda: next(breaths)) == 2, "after a piece it may stop"
    with monkeypatch.context() as killed:
        killed.setattr(review_words, "write", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            review_words.read_new(now=clock())
    first = words.unread(before=clock(), limit=1)[0]
    assert review_words.read_new(now=clock()) == 3
    with write() as session:
        again = {"shop_id": shop.id, "review_id": first.review_id, "text": first.text, "now": clock()}
        assert not care.put_words(session, **again, words=[("맛", "praise")]), "another process was first"
    assert words.words(shop.id, Span()).praise == [("친절", 5)]


def test_what_is_due_is_done_while_a_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_process, "_LOOK_S", 0.05)
    (tmp_path / "slow.py").write_text("import time; time.sleep(60)", "utf-8")
    breaths = iter((False, False, True))
    with pytest.raises(Stopped):
        limited_process.run(tmp_path / "slow.py", deadline_s=50, beside=lambda: next(breaths))


def test_a_library_that_is_not_whole_costs_no_review_its_words(tmp_path: Path) -> None:
    (tmp_path / "kiwipiepy.py").write_text("raise ImportError('the model is gone')", "utf-8")
    program = Path(morphemes.__file__).with_name("morphemes_process.py")
    done = subprocess.run(
        [sys.executable, str(program), "none", "none"], env={"PYTHONPATH": str(tmp_path)}, check=False
    )
    assert done.returncode == limited_process.MACHINE_FAILED, "the machine's fault: another night reads them"


def test_the_worker_holds_nothing_of_the_library() -> None:
    assert "kiwipiepy" not in sys.modules
    assert photo.MOST == 5
