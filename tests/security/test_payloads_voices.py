"""S07 around the desk of 손님 말씀: every script through every field the shop writes in, wherever it is shown."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask

from app.extensions import db
from app.flows import voice, voice_care, voice_fix
from app.voices import care_rules, rules
from app.voices.care_models import VoiceCause
from tests import factories
from tests.factories import AShop
from tests.payloads import fitting, packed
from tests.phone import Phone
from tests.security.test_payloads import a_reader, look, owner, people, shop

__all__ = ["owner", "shop"]
SHORT, NOTES, TEXTS = fitting(care_rules.NAME_MAX), packed(care_rules.NOTE_MAX), packed(rules.TEXT_MAX - 5)


def test_what_the_shop_writes_about_voices(app: Flask, shop: AShop, owner: Phone) -> None:
    now, (holder,) = factories.now(), people(shop, 1)
    own = {"shop_id": shop.id, "staff_id": shop.owner_id, "role": "owner"}
    ids = []
    for number, text in enumerate(TEXTS):
        heard = voice_care.write_down(
            shop_id=shop.id, staff_id=shop.owner_id, customer_id=holder.id, kind="complaint", text=text,
            source="sns", said_on="", once=f"heard-{number}", now=now,
        )  # fmt: skip
        ids.append(heard)
        voice.answer(**own, voice_id=heard, text=f"답 {text}", once=f"answer-{number}", now=now)
        look(owner, f"/owner/voices/{heard}", text)
    for start in range(0, len(SHORT), care_rules.MOST_CAUSES):
        some = SHORT[start : start + care_rules.MOST_CAUSES]
        voice_care.mark(**own, voice_id=ids[0], causes=some, new_cause="", now=now)
        look(owner, f"/owner/voices/{ids[0]}", *some)
        look(owner, "/owner/voices/causes", *some)
        look(owner, f"/owner/voices?cause={quote(some[0])}", some[0])
        cause_id = _cause(some[0])
        look(owner, f"/owner/voices/causes/{cause_id}", some[0])
        look(owner, f"/owner/voices/causes/{cause_id}/name", some[0])
        for name in some:
            voice_care.end_cause(shop_id=shop.id, name=name, now=now)
    for name in SHORT[: care_rules.MOST_READY - len(TEXTS)]:
        voice_care.put_ready(shop_id=shop.id, name=name, text=name, now=now)
    look(owner, "/owner/voices/answers", *SHORT[: care_rules.MOST_READY - len(TEXTS)])
    for number, text in enumerate(TEXTS):
        voice_care.put_ready(shop_id=shop.id, name=f"답 {number}", text=text[: care_rules.READY_MAX], now=now)
        voice_fix.fixed(
            shop_id=shop.id, staff_id=shop.owner_id, cause_id=cause_id, text=text,
            once=f"fix-{number}", now=now,
        )  # fmt: skip
        voice_fix.tell_waiting(clock=factories.now)
        look(a_reader(app, holder), f"/c/{shop.code}/voices/{ids[0]}", text)
    for note in NOTES:
        voice_care.close(**own, voice_id=ids[0], note=note, how="silent", now=now)
        look(owner, f"/owner/voices/{ids[0]}", note)
        voice_care.reopen(**own, voice_id=ids[0], now=now)
    for path in (
        "/owner/voices", "/owner/voices/answers", f"/owner/voices/causes/{cause_id}", "/owner/voices/results",
        f"/owner/people/{holder.id}", f"/owner/panel/{holder.card_id}", "/owner", f"/owner/voices/{ids[-1]}",
    ):  # fmt: skip
        look(owner, path)
    look(a_reader(app, holder), f"/c/{shop.code}/voices")


def _cause(name: str) -> int:
    return int(db.session.scalar(db.select(VoiceCause.id).where(VoiceCause.name == name)) or 0)
