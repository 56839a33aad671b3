"""손님 사진 for everybody: the gallery, one with a picture for chats, and a light page for a frame elsewhere."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.board import stories
from app.board.stories import StoryLine, StoryPage
from app.board.story_rules import NoSuchStory
from app.kit.share_pictures import Said, wide
from app.reviews import queries as reviews
from app.testers.disclosing import told, told_of
from app.web.doors import door
from app.web.guards import current_shop
from app.web.headers import POLICY
from app.web.pictures import picture
from app.web.public.blueprint import bp
from app.web.readable import row_number

# The one page of ours that another site may show in a frame of its own: nothing on it can be pressed but links.
_IN_FRAMES = POLICY.replace("frame-ancestors 'none'", "frame-ancestors https:")
_IN_A_FRAME = 12


@door(bp, "/s/<code>/stories", audience="public", tenant="code")
def shop_stories(code: str) -> ResponseReturnValue:
    """Show what customers let everybody see, newest first."""
    shop, after = current_shop(), row_number(request.args.get("after"))
    page = stories.shown(shop.id, after=after)
    return render_template(
        "public/stories.html",
        shop=shop,
        page=StoryPage(told(shop.id, page.lines), page.after),
        hashtag=reviews.settings(shop.id).hashtag,
        takes=stories.settings(shop.id).has_stories,
    )


@door(bp, "/s/<code>/stories/<int:story_id>", audience="public", tenant="code")
def shop_story(code: str, story_id: int) -> ResponseReturnValue:
    """Show one, as a link to it is passed on."""
    return render_template(
        "public/story.html",
        shop=current_shop(),
        line=_line(story_id),
        base_url=current_app.config["BASE_URL"],
    )


@door(bp, "/s/<code>/stories/<int:story_id>/photos/<ref>", audience="public", tenant="code")
def story_photo(code: str, story_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo that everybody may see."""
    return picture(stories.open_photo(_line(story_id), current_shop().id, ref, small=False), kept=_KEPT)


@door(bp, "/s/<code>/stories/<int:story_id>/photos/<ref>/small", audience="public", tenant="code")
def small_story_photo(code: str, story_id: int, ref: str) -> ResponseReturnValue:
    """The same, small."""
    return picture(stories.open_photo(_line(story_id), current_shop().id, ref, small=True), kept=_KEPT)


# Its person may withdraw it at any time: nobody keeps it for longer than an hour.
_KEPT = "private, max-age=3600"


@door(bp, "/s/<code>/stories/<int:story_id>/picture", audience="public", tenant="code")
def story_picture(code: str, story_id: int) -> ResponseReturnValue:
    """Answer the picture that stands beside a link to it in a chat, 1200 × 630."""
    shop, line = current_shop(), _line(story_id)
    photo = b""
    if line.photos and (file := stories.open_photo(line, shop.id, line.photos[0].ref, small=False)):
        with file:
            photo = file.read()
    said = Said(
        shop.name,
        shop.mark,
        f"{line.over} · {line.sort_name}" if line.over else line.sort_name,
        line.text or f"{shop.name} 손님 사진",
        "",
        shop.name,
        photo,
    )
    answer = Response(wide(said), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@door(bp, "/s/<code>/gallery", audience="public", tenant="code")
def gallery(code: str) -> ResponseReturnValue:
    """The newest photos for a frame on the shop's own site: no scripts, no forms, nobody's card."""
    shop = current_shop()
    answer = make_response(
        render_template(
            "public/gallery.html",
            shop=shop,
            lines=told(shop.id, stories.shown(shop.id, limit=_IN_A_FRAME, with_pictures=True).lines),
        )
    )
    answer.headers["Content-Security-Policy"] = _IN_FRAMES
    return answer


def _line(story_id: int) -> StoryLine:
    shop_id = current_shop().id
    line = stories.story(shop_id=shop_id, story_id=story_id, is_public=True)
    if line is None:
        raise NoSuchStory
    return told_of(shop_id, line)
