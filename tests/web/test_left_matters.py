"""A matter that goes on without who brought it up: nobody is said to have been answered, and nobody waits."""

from __future__ import annotations

from app.flows import privacy
from app.voices import queries as voices
from tests import warranties as given
from tests.factories import ACustomer, AShop
from tests.phone import Phone
from tests.world import Clock


def test_who_left_waits_for_no_answer_however_their_matter_is_closed(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    gift = given.issued(shop, jiwoo, given.a_kind(shop))
    at = f"/owner/voices/{given.asked(shop, jiwoo, gift, text='다리가 흔들려요')}"
    owner_phone.open(at)
    owner_phone.submit("답 보내기", text="가져다주시면 볼게요")
    given.taken(shop, given.offered(shop, jiwoo, gift), "phone-b")
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert "정보를 지운 손님" in owner_phone.open("/owner/voices").words
    page = owner_phone.open(at)
    assert page.h1 == "정보를 지운 손님 · 문의"
    assert "답을 받을 분이 없어요" in page.words
    assert "답했어요" not in page.words
    owner_phone.submit("해결했어요")
    assert "전화나 만나서" not in owner_phone.open(at).words, "the answer was written, and its line erased"
    owner_phone.submit("다시 열기")
    assert voices.waiting(shop.id, role="owner").others == 0


def test_a_matter_nobody_answered_is_closed_without_asking_whether_somebody_was_told(
    owner_phone: Phone, shop: AShop, jiwoo: ACustomer, clock: Clock
) -> None:
    gift = given.issued(shop, jiwoo, given.a_kind(shop))
    at = f"/owner/voices/{given.asked(shop, jiwoo, gift)}"
    given.taken(shop, given.offered(shop, jiwoo, gift), "phone-b")
    privacy.erase(shop_id=shop.id, customer_id=jiwoo.id, now=clock())
    assert "말씀드렸나요?" not in owner_phone.open(at).words
    owner_phone.submit("해결했어요")
    assert "해결했어요" in owner_phone.open(at).words
    owner_phone.submit("다시 열기")
    assert voices.waiting(shop.id, role="owner").others == 0
