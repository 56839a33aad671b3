"""도장 확인서: what the card is worth now, on a page and on paper that a third person can check."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.cards import statements
from app.cards.statements import Statement
from app.kit import qr
from app.kit.pdf import A5, LINE, SOFT, Paper
from app.kit.refusals import NotHere
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.pdf_answer import file_of

CHECK = "QR을 찍으면 이 확인서가 가게에서 만든 것이 맞는지 볼 수 있어요."
LATER = "만든 뒤에 더 모으거나 쓴 것은 여기에 나오지 않아요."


@door(bp, "/c/<code>/me/statement", audience="customer", role="holder", tenant="code")
def statement(code: str) -> ResponseReturnValue:
    """Show a statement made now; looking at it again makes another."""
    holder = current_card()
    made = statements.statement(shop_id=holder.shop_id, card_id=holder.card_id, now=now())
    token = statements.token_of(made, master=current_app.config["MASTER_KEY"])
    size, path = qr.drawing(_address(token))
    return render_template(
        "customer/statement.html",
        shop=current_shop(),
        made=made,
        token=token,
        code={"size": size, "path": path},
        check=CHECK,
        later=LATER,
    )


@door(bp, "/c/<code>/me/statement/<token>/pdf", audience="customer", role="holder", tenant="code")
def statement_file(code: str, token: str) -> ResponseReturnValue:
    """The very same statement as a file to print: its words come out of its token."""
    made = statements.read_token(token, master=current_app.config["MASTER_KEY"])
    if made.shop_id != current_card().shop_id:
        raise NotHere
    body = _paper(made, mark=current_shop().mark, address=_address(token))
    return file_of(body, shop=current_shop(), title="도장 확인서", plain="statement")


def _address(token: str) -> str:
    return str(current_app.config["BASE_URL"]) + url_for("public.checked_statement", token=token)


def _paper(made: Statement, *, mark: str, address: str) -> bytes:
    paper = Paper(A5, title=f"도장 확인서 · {made.shop}")
    wide, left, label = A5[0], 14.0, 38.0
    paper.box(7, 7, wide - 14, A5[1] - 14, radius=4, weight=0.5)
    paper.text(wide / 2, 27, "도장 확인서", 8, bold=True, align="centre")
    paper.seal(wide - 34, 12, 20, mark)
    y = 40.0
    for name, words in made.lines():
        paper.text(left, y + 3.6, name, 3.6, colour=SOFT)
        below = paper.block(left + label, y, words, 4, width=wide - 2 * left - label, lines=4)
        y = max(below, y + 5.4) + 1.8
        paper.line(left, y - 0.9, wide - left, y - 0.9, colour=LINE, weight=0.1)
    side = 48.0
    top = max(y + 4, A5[1] - side - 20)
    paper.qr(left, top, side, address)
    paper.block(left + side + 4, top + 8, CHECK, 4, width=wide - 2 * left - side - 4, lines=5)
    paper.block(left + side + 4, top + 28, LATER, 3.4, width=wide - 2 * left - side - 4, lines=4, colour=SOFT)
    return paper.finish()
