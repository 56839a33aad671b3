"""내 사진: what one showed the shop, whether everybody may see it, what the shop said; a form for more."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.board import events, stories
from app.board.events import EventLine
from app.board.stories import StoryLine
from app.board.story_rules import SORTS, NoSuchStory, StoriesOff, TooManyStories, over
from app.customers import queries as people
from app.flows import story as flow
from app.kit.refusals import Invalid
from app.reviews import queries as reviews
from app.testers.disclosing import given_lately, told
from app.web import answers, form_photos
from app.web.answers import see_other
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop
from app.web.pictures import picture
from app.web.readable import row_number

_FIELDS = ("sort", "text", "link")
_FEW = 6


def _mine() -> dict[str, Any]:
    holder = current_card()
    return {"shop_id": holder.shop_id, "customer_id": holder.customer_id}


@door(bp, "/c/<code>/stories", audience="customer", role="holder", tenant="code")
def my_stories(code: str) -> ResponseReturnValue:
    """Show what one sent, newest first, and a few of the others'."""
    shop = current_shop()
    return render_template(
        "customer/stories.html",
        shop=shop,
        mine=stories.mine(**_mine()),
        shown=told(shop.id, stories.shown(shop.id, limit=_FEW, with_pictures=True).lines),
        takes=stories.settings(shop.id).has_stories,
    )


@door(
    bp,
    "/c/<code>/stories/new",
    methods=("GET", "POST"),
    audience="customer",
    role="holder",
    tenant="code",
    max_bytes=form_photos.MOST_BYTES,
)
def new_story(code: str) -> ResponseReturnValue:
    """Pick photos or paste a link; the POST sends them."""
    shop = current_shop()
    decided = stories.settings(shop.id)
    if not decided.has_stories:
        raise StoriesOff
    once = form_photos.once_of_form()
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    agrees = request.form.get("agrees") == "y"
    page: dict[str, Any] = {
        "shop": shop,
        "once": once,
        "sorts": list(SORTS.items()),
        "hashtag": reviews.settings(shop.id).hashtag,
        "checks_first": decided.checks_first,
        "agrees": agrees,
        "event": asking("photo"),
        "disclosed": said_before("photo"),
    }
    if request.method == "GET":
        return render_template(
            "customer/story_form.html",
            **page,
            typed=typed | {"sort": request.args.get("sort", "")},
            wrong={},
            photos=form_photos.of_form(flow.FORM, once),
        )
    left_out = form_photos.take(flow.FORM, once)
    try:
        if left_out:
            raise Invalid({"photo": left_out})
        story_id = flow.send(
            **_mine(),
            sort=typed["sort"],
            text=typed["text"],
            link=typed["link"],
            agrees=agrees,
            once=once,
            now=now(),
        )
    except (Invalid, TooManyStories) as error:
        wrong = error.fields if isinstance(error, Invalid) else {"text": error.sentence}
        return answers.invalid(
            "customer/story_form.html",
            **page,
            typed=typed,
            wrong=answers.in_order(wrong, ("sort", "photo", "link", "text")),
            photos=form_photos.of_form(flow.FORM, once),
        )
    if page["event"] is not None:
        flash("사진을 보냈어요. 이제 ‘참여하기’를 눌러 주세요")
        return see_other(url_for("customer.my_event", code=code, event_id=page["event"].id))
    flash("가게에 보냈어요. 고마워요")
    return see_other(url_for("customer.my_story", code=code, story_id=story_id))


def said_before(what: str) -> str:
    """Return what will stand before what is written here ("photo" or "post"): what was got, whose it is; "" for nothing."""
    return over(
        is_for_event=asking(what) is not None,
        tried=given_lately(**_mine(), now=now()),
        works_here=people.works_here(**_mine()),
    )


def asking(what: str) -> EventLine | None:
    """Return the event that led to a form, by what it asks for ("photo" or "post"); None when none did."""
    event_id = row_number(request.values.get("event"))
    line = events.event(shop_id=current_shop().id, event_id=event_id, now=now()) if event_id else None
    return line if line is not None and line.asks == what and line.state == "open" else None


@door(bp, "/c/<code>/stories/<int:story_id>", audience="customer", role="holder", tenant="code")
def my_story(code: str, story_id: int) -> ResponseReturnValue:
    """Show one of one's own: whether it is shown, what the shop said, how to pass it on."""
    return render_template(
        "customer/story.html",
        shop=current_shop(),
        line=_line(story_id),
        base_url=current_app.config["BASE_URL"],
    )


@door(
    bp,
    "/c/<code>/stories/<int:story_id>/consent",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def story_consent(code: str, story_id: int) -> ResponseReturnValue:
    """Let it be shown, or (`agrees` empty) no longer."""
    agrees = request.form.get("agrees") == "y"
    flow.agree(**_mine(), story_id=story_id, agrees=agrees, now=now())
    flash("보여 주셔도 된다고 전했어요" if agrees else "더는 보이지 않아요")
    return see_other(url_for("customer.my_story", code=code, story_id=story_id))


@door(
    bp,
    "/c/<code>/stories/<int:story_id>/removal",
    methods=("POST",),
    audience="customer",
    role="holder",
    tenant="code",
)
def remove_story(code: str, story_id: int) -> ResponseReturnValue:
    """Delete it with its photos."""
    flow.remove(**_mine(), story_id=story_id, now=now())
    flash("사진을 지웠어요")
    return see_other(url_for("customer.my_stories", code=code))


@door(bp, "/c/<code>/stories/<int:story_id>/photos/<ref>", audience="customer", role="holder", tenant="code")
def my_story_photo(code: str, story_id: int, ref: str) -> ResponseReturnValue:
    """Answer a photo of one's own, also one that nobody else sees."""
    return picture(stories.open_photo(_line(story_id), current_card().shop_id, ref, small=True))


def _line(story_id: int) -> StoryLine:
    line = stories.story(
        shop_id=current_card().shop_id, story_id=story_id, customer_id=current_card().customer_id
    )
    if line is None:
        raise NoSuchStory
    return line
