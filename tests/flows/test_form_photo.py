"""Photos of a form that is no review: counted, taken back, kept with the form, gone with whoever leaves."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from app.extensions import db, files_dir
from app.flows import form_photo, photo, privacy
from app.flows.form_photo import FormSent
from app.flows.photo import TooMany
from app.flows.unit import write
from app.kit.files import Place
from app.kit.images import BadImage
from app.kit.refusals import NotHere
from app.reviews import photos as shown
from app.reviews import pick_rules
from app.reviews import picks as reads
from app.reviews.actions import picks
from app.reviews.photos import INCOMING, KINDS
from app.reviews.pick_rules import PickedTooMuch, pick_key
from tests import factories
from tests.asks import a_jpeg, the_photo
from tests.factories import ACustomer, AShop
from tests.world import Clock, all_at_once

ONCE = "a-form-of-mine"


def pick(who: ACustomer, data: bytes | None = None, *, once: str = ONCE, form: str = "voice") -> str:
    return form_photo.add(
        shop_id=who.shop_id,
        customer_id=who.id,
        form=form,
        once=once,
        upload=BytesIO(a_jpeg() if data is None else data),
        now=factories.now(),
    )


def of_form(who: ACustomer, once: str = ONCE) -> dict[str, object]:
    key = pick_key("voice", customer_id=who.id, once=once)
    return {"shop_id": who.shop_id, "customer_id": who.id, "pick": key}


def picked(who: ACustomer, once: str = ONCE) -> list[str]:
    db.session.rollback()
    return [line.ref for line in reads.picked(**of_form(who, once))]  # type: ignore[arg-type]


def lies(who: ACustomer, ref: str) -> set[str]:
    return {kind for kind in KINDS if Place(kind, who.shop_id, ref).below(files_dir()).exists()}


def test_picks_are_of_one_form_and_the_same_bytes_are_one_photo(jiwoo: ACustomer, shop: AShop) -> None:
    first, again, other = pick(jiwoo), pick(jiwoo), pick(jiwoo, a_jpeg(1))
    assert first == again
    assert picked(jiwoo) == [first, other]
    elsewhere = pick(jiwoo, once="another-form")
    assert picked(jiwoo, "another-form") == [elsewhere]
    stranger = factories.a_customer(shop)
    assert picked(stranger) == [], "a key that somebody else guesses names another form"
    assert shown.loose_photo(shop.id, first) is None, "not a paper card's"


def test_what_is_no_photo_or_too_much_is_refused(
    jiwoo: ACustomer, other_shop: AShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadImage):
        pick(jiwoo, b"a text")
    with pytest.raises(NotHere):
        pick(jiwoo, form="review")
    with pytest.raises(NotHere):
        pick(ACustomer(**{**vars(jiwoo), "shop_id": other_shop.id}))
    for number in range(pick_rules.FORMS["voice"]):
        pick(jiwoo, a_jpeg(number))
    with pytest.raises(TooMany, match="4장까지"):
        pick(jiwoo, a_jpeg(9))
    monkeypatch.setattr(pick_rules, "MOST_A_DAY", 5)
    ref = pick(jiwoo, once="b")
    form_photo.drop(shop_id=jiwoo.shop_id, customer_id=jiwoo.id, form="voice", once="b", ref=ref)
    with pytest.raises(PickedTooMuch):
        pick(jiwoo, once="b")


def test_a_photo_is_taken_back_once_and_may_come_again(jiwoo: ACustomer) -> None:
    ref = pick(jiwoo)
    mine = {"shop_id": jiwoo.shop_id, "customer_id": jiwoo.id, "form": "voice", "once": ONCE, "ref": ref}
    assert form_photo.drop(**mine)  # type: ignore[arg-type]
    assert not form_photo.drop(**mine)  # type: ignore[arg-type]
    assert (picked(jiwoo), lies(jiwoo, ref)) == ([], set())
    assert pick(jiwoo) != ref


def test_a_photo_taken_back_while_it_is_made_leaves_no_file(
    jiwoo: ACustomer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = pick(jiwoo)
    made = photo._make_files

    def slowly(*args: object, **settings: object) -> tuple[int, int]:
        size = made(*args, **settings)  # type: ignore[arg-type]
        form_photo.drop(shop_id=jiwoo.shop_id, customer_id=jiwoo.id, form="voice", once=ONCE, ref=ref)
        for kind in KINDS:  # written after its holder dropped it
            place = Place(kind, jiwoo.shop_id, ref).below(files_dir())
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"late")
        return size

    monkeypatch.setattr(photo, "_make_files", slowly)
    photo.make_waiting(clock=clock)
    assert (picked(jiwoo), lies(jiwoo, ref)) == ([], set())


def test_sent_photos_stay_and_the_rest_goes_after_three_days(jiwoo: ACustomer, clock: Clock) -> None:
    sent, draft = pick(jiwoo), pick(jiwoo, once="never sent")
    with write() as session:
        (kept,) = picks.keep(session, **of_form(jiwoo), now=clock())  # type: ignore[arg-type]
        assert picks.keep(session, **of_form(jiwoo), now=clock()) == []  # type: ignore[arg-type]
    row = the_photo(sent)
    assert row is not None
    assert (row.id, picked(jiwoo)) == (kept, [])
    with pytest.raises(FormSent):
        pick(jiwoo, a_jpeg(1))
    assert pick(jiwoo) == sent, "a second tap sends the same files again, and is no mistake"
    with pytest.raises(FormSent):
        form_photo.drop(shop_id=jiwoo.shop_id, customer_id=jiwoo.id, form="voice", once=ONCE, ref=sent)
    clock.advance(days=2)
    assert photo.drop_old_drafts(shop_id=jiwoo.shop_id, now=clock()) == 0
    clock.advance(days=2)
    assert photo.drop_old_drafts(shop_id=jiwoo.shop_id, now=clock()) == 1
    assert (the_photo(draft), lies(jiwoo, draft), lies(jiwoo, sent)) == (None, set(), {INCOMING})


def test_five_at_once_are_four(app: Flask, jiwoo: ACustomer) -> None:
    works = [lambda n=n: pick(jiwoo, a_jpeg(n)) for n in range(6)]  # type: ignore[misc]
    results = all_at_once(app, works)
    assert len([one for one in results if isinstance(one, TooMany)]) == 2
    assert len(picked(jiwoo)) == 4


def test_who_leaves_takes_them_along(jiwoo: ACustomer, clock: Clock) -> None:
    refs = [pick(jiwoo), pick(jiwoo, once="b")]
    privacy.erase(shop_id=jiwoo.shop_id, customer_id=jiwoo.id, now=clock())
    assert [(the_photo(ref), lies(jiwoo, ref)) for ref in refs] == [(None, set())] * 2
