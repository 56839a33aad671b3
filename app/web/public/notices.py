"""가게 소식 for everybody: the list and one piece of it. What is for a group alone is not here, whoever asks."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.board import notices
from app.board.notice_rules import NoSuchNotice
from app.board.notices import NoticeLine
from app.web.doors import door
from app.web.guards import current_shop
from app.web.pictures import picture
from app.web.public.blueprint import bp
from app.web.readable import row_number

_MOST = 20


def _shown(notice_id: int) -> NoticeLine:
    line = notices.public_notice(current_shop().id, notice_id)
    if line is None:
        raise NoSuchNotice
    return line


@door(bp, "/s/<code>/notices", audience="public", tenant="code")
def shop_notices(code: str) -> ResponseReturnValue:
    """Show the shop's news, what stays on top first."""
    shop, before = current_shop(), row_number(request.args.get("before"))
    lines = notices.for_everybody(shop.id, before=before, limit=_MOST)
    return render_template(
        "public/notices.html", shop=shop, lines=lines, before=lines[-1].id if len(lines) == _MOST else None
    )


@door(bp, "/s/<code>/notices/<int:notice_id>", audience="public", tenant="code")
def shop_notice(code: str, notice_id: int) -> ResponseReturnValue:
    """Show one piece of news."""
    return render_template(
        "public/notice.html",
        shop=current_shop(),
        line=_shown(notice_id),
        base_url=current_app.config["BASE_URL"],
    )


@door(bp, "/s/<code>/notices/<int:notice_id>/photo", audience="public", tenant="code")
def shop_notice_photo(code: str, notice_id: int) -> ResponseReturnValue:
    """Answer its photo."""
    line = _shown(notice_id)
    # It may be taken down or changed: no copy of it is kept for a year.
    return picture(notices.open_photo(line, current_shop().id), kept="private, max-age=300")
