"""손님 사진 on the shop's side: what waits to be shown, the shop's words under it, and what it decided about all that."""

from __future__ import annotations

from html import escape
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import stories, talk_rules
from app.board.event_rules import AskedByEvent
from app.board.stories import StoryLine, StoryPage
from app.board.story_rules import NoSuchStory, PhotosNotReady
from app.flows import story as flow
from app.kit.refusals import Invalid
from app.reviews import queries as reviews
from app.shops.queries import ShopView
from app.testers.disclosing import told, told_of
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.pictures import picture
from app.web.readable import row_number


@door(bp, "/owner/stories", audience="owner", role="manager", tenant="session")
def customers_stories() -> ResponseReturnValue:
    """Show what waits to be looked at, or with ?all=1 everything else."""
    shop_id, after = current_staff().shop.id, row_number(request.args.get("after"))
    is_all = request.args.get("all") == "1"
    page = stories.of_shop(shop_id, waiting=not is_all, after=after)
    page = StoryPage(told(shop_id, page.lines), page.after)
    if page.lines:
        note_look("list")
    return render_template(
        "owner/stories.html",
        page=page,
        is_all=is_all,
        waiting_many=stories.waiting_count(shop_id),
        hashtag=reviews.settings(shop_id).hashtag,
    )


@door(
    bp,
    "/owner/stories/<int:story_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def customers_story(story_id: int) -> ResponseReturnValue:
    """Show one; the POST saves the shop's words under it, none takes them away."""
    line = _line(story_id)
    page: dict[str, Any] = {"line": line, "causes": list(talk_rules.CAUSES.items())}
    if request.method == "GET":
        note_look("view", line.customer_id)
        return render_template("owner/story.html", **page, typed=line.comment, wrong={})
    text = asked.text("text")
    try:
        flow.comment(shop_id=current_staff().shop.id, story_id=story_id, text=text, now=now())
    except Invalid as error:
        return answers.invalid("owner/story.html", **page, typed=text, wrong=error.fields)
    return _done(story_id, "댓글을 남겼어요. 손님께 알려 드려요" if text.strip() else "댓글을 지웠어요")


@door(
    bp,
    "/owner/stories/<int:story_id>/showing",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def show_story(story_id: int) -> ResponseReturnValue:
    """Let everybody see it, or (`shown` empty) not."""
    is_shown = asked.text("shown") == "y"
    said = "가게 화면에 보여요" if is_shown else "이제 보이지 않아요"
    try:
        flow.let_show(shop_id=current_staff().shop.id, story_id=story_id, is_shown=is_shown, now=now())
    except PhotosNotReady as refusal:
        said = refusal.sentence
    if asked.text("from") == "list":
        flash(said)
        return see_other(url_for("owner.customers_stories"))
    return _done(story_id, said)


@door(
    bp,
    "/owner/stories/<int:story_id>/link-mark",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def mark_link(story_id: int) -> ResponseReturnValue:
    """댓글 달았어요: the shop commented where the customer posted, or (`done` empty) did not."""
    is_done = asked.text("done") == "y"
    flow.mark_linked(shop_id=current_staff().shop.id, story_id=story_id, is_done=is_done, now=now())
    return _done(story_id, "댓글 달았다고 적었어요" if is_done else "아직 안 단 것으로 되돌렸어요")


@door(bp, "/owner/stories/<int:story_id>/photos/<ref>", audience="owner", role="manager", tenant="session")
def customers_photo(story_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo, also one that nobody else sees yet."""
    return picture(stories.open_photo(_line(story_id), current_staff().shop.id, ref, small=False))


@door(
    bp, "/owner/stories/<int:story_id>/photos/<ref>/small", audience="owner", role="manager", tenant="session"
)
def customers_small_photo(story_id: int, ref: str) -> ResponseReturnValue:
    """The same, small."""
    return picture(stories.open_photo(_line(story_id), current_staff().shop.id, ref, small=True))


@door(bp, "/owner/more/board", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def board_settings() -> ResponseReturnValue:
    """Whether photos are taken and looked at first, whether there is a board, and the frame for another site."""
    staff = current_staff()
    page: dict[str, Any] = {
        "decided": stories.settings(staff.shop.id),
        "frame": _frame(staff.shop),
        "refusal": "",
    }
    if request.method == "GET":
        return render_template("owner/board_settings.html", **page)
    typed = {name: asked.text(name) == "y" for name in ("has_board", "has_stories", "checks_first")}
    try:
        flow.save_settings(shop_id=staff.shop.id, staff_id=staff.staff_id, **typed, now=now())
    except AskedByEvent as error:
        page |= {"decided": typed, "refusal": error.sentence}
        return answers.invalid("owner/board_settings.html", **page)
    flash("저장했어요")
    return see_other(url_for("owner.board_settings"))


def _frame(shop: ShopView) -> str:
    """Return the HTML that shows the gallery on another site; names are escaped for it once here."""
    address = current_app.config["BASE_URL"] + url_for("public.gallery", code=shop.code)
    title = escape(f"{shop.name} 손님 사진")
    return f'<iframe src="{address}" title="{title}" width="100%" height="480" loading="lazy"></iframe>'


def _done(story_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return see_other(url_for("owner.customers_story", story_id=story_id))


def _line(story_id: int) -> StoryLine:
    line = stories.story(shop_id=current_staff().shop.id, story_id=story_id)
    if line is None:
        raise NoSuchStory
    return told_of(current_staff().shop.id, line)
