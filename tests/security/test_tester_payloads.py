"""S07 for programmes: every script through every text that an owner or a stranger types, shown as words on every page."""

from __future__ import annotations

from flask import Flask

from app.flows import programme, programme_end, programme_questions
from app.testers.rules import APPLY
from tests import factories, trying
from tests.payloads import fitting, packed
from tests.phone import Phone
from tests.security.test_payloads import MEMO, look, owner, shop, sound

LINES, SHORT = packed(100), fitting(30)
__all__ = ["owner", "shop"]  # the fixtures of the matrix


def test_every_text_of_a_programme_is_only_text(app: Flask, owner: Phone, shop: factories.AShop) -> None:
    for place, line in enumerate(LINES):
        jiwoo, named = factories.a_customer(shop, name="한지우"), line[:58]
        row = trying.a_programme(
            shop,
            "month",
            sort="monitor",
            product=named,
            about=line,
            note=line[:70],
            benefit=named,
            shows=False,
        )
        own = {"shop_id": shop.id, "programme_id": row.id, "now": factories.now()}
        options = "\n".join(dict.fromkeys(SHORT[place % len(SHORT) :] + ["하나", "둘"][:2]))[:200]
        words = {
            "text": line,
            "how": "choice",
            "options": "\n".join(options.splitlines()[:6]),
            "is_needed": "y",
        }
        trying.ask(own, APPLY, words)
        trying.ask(own, "after", words)
        programme.show(**own, staff_id=shop.owner_id)  # type: ignore[arg-type]
        trying.apply(row, jiwoo)
        trying.choose(shop, row, jiwoo)
        trying.answer_all(row, jiwoo, text=MEMO[:900])
        here, public = f"/owner/testers/{row.id}", f"/testers/{row.ref}"
        for page in ("", "/questions", "/people", "/summary", "/file"):
            look(owner, here + page, named)
        customer = Phone(app, look=False).holding(jiwoo)
        look(customer, f"/c/{shop.code}{public}", named, line)
        look(customer, f"/c/{shop.code}{public}/answers", named)
        look(Phone(app, look=False), f"/s/{shop.code}{public}", named, line)
        trying.end(shop, row)
        programme_end.tell_change(**own, staff_id=shop.owner_id, text=line)  # type: ignore[arg-type]
        look(customer, f"/c/{shop.code}{public}", line)
        look(owner, here + "/summary", line)
    look(owner, "/owner/testers", LINES[0][:58])
    look(owner, "/owner", *[])
    sound(Phone(app, look=False).open(f"/s/{shop.code}/testers"), *LINES[:1])


def test_every_text_of_a_tasting_is_only_text(app: Flask, owner: Phone, shop: factories.AShop) -> None:
    stranger = Phone(app, look=False)
    for place, line in enumerate(LINES):
        row = trying.a_programme(
            shop, "taste", sort="tasting", product=line[:58], about=LINES[-place - 1], shows=False
        )
        (question,) = trying.questions(row)
        options = [*dict.fromkeys([*SHORT[place % len(SHORT) :], "하나", "둘"])][:3]
        programme_questions.put_question(
            shop_id=shop.id, programme_id=row.id, question_id=question.id, now=factories.now(),
            typed={"text": line, "how": "choice", "options": "\n".join(options), "is_needed": "y"},
        )  # fmt: skip
        trying.show(shop, row)
        look(stranger, f"/s/{shop.code}/tasting/{row.ref}", line, LINES[-place - 1], *options)
        if place % 6:
            continue  # one in six is looked at everywhere: the places are the same
        stranger.submit(options[0])
        for page in ("", "/summary", "/taps?v=0", "/print"):
            look(owner, f"/owner/testers/{row.id}{page}", line)
