"""What a full shop has about voices: a question in somebody's hands, causes, answers at hand, an offer that was taken."""

from __future__ import annotations

from io import BytesIO

from app.extensions import db
from app.flows import form_photo, voice, voice_care, voice_fix, voice_offer
from app.voices.care_models import ReadyAnswer, VoiceCause, VoiceOffer
from tests import coupons, factories
from tests.asks import a_jpeg
from tests.factories import ACustomer, AShop


def with_voices(shop: AShop, known: ACustomer, staff_id: int, voice_id: int, word: str) -> dict[str, int]:
    """Let the owner answer the complaint with a coupon that is taken, and hand a question to a person of the staff."""
    now, once = factories.now(), factories.once()
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner"}
    mine = {"shop_id": shop.id, "customer_id": known.id}
    form_photo.add(**mine, form="voice", once=once, upload=BytesIO(a_jpeg()), now=now)
    asked = voice.open_voice(
        **mine, kind="question", text=f"{word}불편 주차", once=once, picks_once=once, now=now
    )
    voice_care.hand_over(**own, voice_id=asked, to_staff=staff_id, now=now)
    voice_care.mark(**own, voice_id=voice_id, causes=["기다림"], new_cause=f"{word}단체", now=now)
    voice_care.set_hours(shop_id=shop.id, staff_id=shop.owner_id, hours=12, now=now)
    voice_care.put_ready(shop_id=shop.id, name="주차", text=f"{word}말씀 뒷마당이에요", now=now)
    kind_id = coupons.a_kind(shop, "recovery")
    voice.answer(
        **own,
        voice_id=voice_id,
        text=f"{word}말씀 죄송해요",
        once=factories.once(),
        offer_kind=kind_id,
        now=now,
    )
    offer_id = db.session.scalar(db.select(VoiceOffer.id).where(VoiceOffer.shop_id == shop.id))
    voice_offer.take(**mine, voice_id=voice_id, offer_id=int(offer_id or 0), now=now)
    cause_id = db.session.scalar(db.select(db.func.max(VoiceCause.id)).where(VoiceCause.shop_id == shop.id))
    voice_fix.fixed(
        shop_id=shop.id, staff_id=shop.owner_id, cause_id=int(cause_id or 0), text=f"{word}말씀 고쳤어요",
        once=factories.once(), now=now,
    )  # fmt: skip
    ready_id = db.session.scalar(db.select(ReadyAnswer.id).where(ReadyAnswer.shop_id == shop.id))
    return {"offer_id": int(offer_id or 0), "cause_id": int(cause_id or 0), "ready_id": int(ready_id or 0)}
