"""What a full shop has of programmes: one somebody applied for, was chosen, answered with a photo; and a tasting."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from app.flows import form_photo, programme_end, tasting
from tests import factories, trying
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop


def with_testers(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Let the known person try something and answer, and somebody tap at the counter; return the ids."""
    row = trying.a_programme(
        shop, product=f"{word}비누", about=f"{word}설명", note=f"{word}조건", try_days="0"
    )
    part = trying.apply(row, known)
    trying.choose(shop, row, known)
    trying.hand_over(shop, row, known)
    photo = trying.questions(row)[-1]
    mine = {"shop_id": shop.id, "customer_id": known.id, "form": "survey", "once": f"photo of {shop.code}"}
    form_photo.add(**mine, upload=BytesIO(a_jpeg((40, 20))), now=factories.now())  # type: ignore[arg-type]
    trying.answer_with_photo(row, known, photo, once=mine["once"])  # type: ignore[arg-type]
    trying.answer_all(row, known, text=f"{word}쓴말")
    tasted = trying.a_programme(shop, "taste", sort="tasting", product=f"{word}맛보기")
    tasting.answer(shop_id=shop.id, ref=tasted.ref, browser_token=shop.code, number="5", now=factories.now())
    _decided(shop, word)
    return {"programme_id": row.id, "question_id": photo.id, "tester_id": part.id}


def _decided(shop: AShop, word: str) -> None:
    """One that is over, with what the shop made of it."""
    over = trying.a_programme(shop, "month", sort="monitor", product=f"{word}모니터")
    now = factories.now() + timedelta(minutes=1)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "programme_id": over.id, "now": now}
    programme_end.decide(**own, verdict="stop", note=f"{word}까닭")  # type: ignore[arg-type]
    programme_end.tell_change(**own, text=f"{word}바꿈")  # type: ignore[arg-type]
