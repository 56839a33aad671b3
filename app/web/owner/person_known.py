"""What the shop knows of one person beyond who they are: tags by chips, gender and how they found the shop, companions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.customers import day_rules, known, known_rules
from app.customers.known import CompanionLine
from app.customers.known_rules import COMPANION_FIELDS
from app.customers.queries import MyDetails
from app.flows import companion as companion_flow
from app.flows import person as person_flow
from app.flows import tags as tag_flow
from app.kit.images import MOST_BYTES, BadImage
from app.kit.refusals import Invalid, NotHere
from app.reviews import photos
from app.web import answers
from app.web.answers import fragment, see_other, wants_fragment
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp
from app.web.owner.noted import note_look
from app.web.owner.same_people import known_or_gone
from app.web.pictures import picture

_SUGGESTED = 8
_NO_SUCH = "함께 오는 친구를 찾지 못했어요. 손님 화면에서 다시 골라 주세요."
_AGAIN = {"photo": "사진을 한 번 더 골라 주세요."}


def tag_page(customer_id: int) -> dict[str, Any]:
    """Return a person's tags, and those of the shop's that could be put on them, the most used first."""
    shop_id = current_staff().shop.id
    own = known.tags_of(shop_id=shop_id, customer_id=customer_id)
    names = {tag.name for tag in own}
    others = [tag.name for tag in known.counted_tags(shop_id) if tag.name not in names]
    return {"tags": own, "tag_ideas": others[:_SUGGESTED], "wrong_tag": "", "typed_tag": ""}


@dataclass(frozen=True)
class ComesAlong:
    """Somebody who comes along, as the person's page shows them; `birthday` in words, "" where nobody told."""

    id: int
    name: str
    note: str
    photo: str
    birthday: str


def companion_lines(customer_id: int) -> list[ComesAlong]:
    """Return who comes along with a person."""
    found = known.companions_of(shop_id=current_staff().shop.id, customer_id=customer_id)
    return [ComesAlong(one.id, one.name, one.note, one.photo, birthday_words(one)) for one in found]


def birthday_words(line: CompanionLine) -> str:
    """Return a companion's birthday as it reads, "" where nobody told."""
    day = known.birthday_of(line)
    return day_rules.yearly_words(day) if day else ""


def _tags(customer_id: int, **more: Any) -> ResponseReturnValue:
    """Answer with the chips as they are now; without scripts the person's page."""
    if not wants_fragment():
        return see_other(url_for("owner.person", customer_id=customer_id, _anchor="tags"))
    return fragment("owner/person.html", "chips", customer_id=customer_id, **(tag_page(customer_id) | more))


@door(
    bp,
    "/owner/people/<int:customer_id>/tags",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def put_tag(customer_id: int) -> ResponseReturnValue:
    """Put a tag on a person: one of the shop's, or a new word."""
    staff, name = current_staff(), asked.text("tag")
    try:
        tag_flow.put_on(
            shop_id=staff.shop.id,
            staff_id=staff.staff_id,
            customer_id=customer_id,
            name=name,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        if not wants_fragment():
            flash(error.fields["tag"])
        return _tags(customer_id, wrong_tag=error.fields["tag"], typed_tag=name)
    return _tags(customer_id)


@door(
    bp,
    "/owner/people/<int:customer_id>/tags/<int:tag_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def take_tag(customer_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off a person."""
    staff = current_staff()
    known_or_gone(customer_id)
    tag_flow.take_off(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        customer_id=customer_id,
        tag_id=tag_id,
        ip=asked.ip(),
        now=now(),
    )
    return _tags(customer_id)


@door(
    bp,
    "/owner/people/<int:customer_id>/about",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
)
def person_about(customer_id: int) -> ResponseReturnValue:
    """Show, or save, what a person said of themselves: gender, and how they found the shop. Both may stay open."""
    person = known_or_gone(customer_id)
    page: dict[str, Any] = {
        "customer_id": customer_id,
        "person": person,
        "genders": [*known_rules.GENDERS.items(), ("", "안 적을래요")],
        "ways": [*known_rules.FOUND_BY.items(), ("", "몰라요")],
        "typed": {"gender": person.gender, "found_by": person.found_by},
        "wrong": {},
    }
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/person_about.html", **page)
    staff, typed = current_staff(), {name: asked.text(name) for name in ("gender", "found_by")}
    try:
        person_flow.save_about(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            staff_id=staff.staff_id,
            **typed,
            ip=asked.ip(),
            now=now(),
        )
    except Invalid as error:
        page |= {"typed": typed, "wrong": error.fields}
        return answers.invalid("owner/person_about.html", **page)
    flash("저장했어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


@door(
    bp,
    "/owner/people/<int:customer_id>/companions",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=MOST_BYTES + 1024 * 1024,
)
def new_companion(customer_id: int) -> ResponseReturnValue:
    """Write down who comes along."""
    return _companion(customer_id, None)


@door(
    bp,
    "/owner/people/<int:customer_id>/companions/<int:companion_id>",
    methods=("GET", "POST"),
    audience="owner",
    role="manager",
    tenant="session",
    max_bytes=MOST_BYTES + 1024 * 1024,
)
def companion(customer_id: int, companion_id: int) -> ResponseReturnValue:
    """Show who comes along, or save what changed."""
    return _companion(customer_id, _one(customer_id, companion_id))


def _one(customer_id: int, companion_id: int) -> CompanionLine:
    shop_id = current_staff().shop.id
    for line in known.companions_of(shop_id=shop_id, customer_id=customer_id):
        if line.id == companion_id:
            return line
    raise NotHere(_NO_SUCH)


def _companion(customer_id: int, line: CompanionLine | None) -> ResponseReturnValue:
    staff, person = current_staff(), known_or_gone(customer_id)
    if request.method == "GET":
        note_look("view", customer_id)
        return render_template("owner/companion.html", **_form(customer_id, person, line))
    file, wrong = request.files.get("photo"), {}
    upload = cast(BinaryIO, file.stream) if file is not None and file.filename else None
    try:
        companion_flow.save(
            shop_id=staff.shop.id,
            customer_id=customer_id,
            companion_id=line.id if line else None,
            staff_id=staff.staff_id,
            typed={name: asked.text(name) for name in COMPANION_FIELDS},
            agrees=asked.text("days") == "y",
            upload=upload,
            drops_photo=asked.text("drop") == "y",
            ip=asked.ip(),
            user_agent=asked.user_agent(),
            now=now(),
        )
    except Invalid as error:
        # The browser forgets a file that comes back: it has to be picked once more, and that is said.
        wrong = answers.in_order(error.fields | (_AGAIN if upload else {}), COMPANION_FIELDS)
    except BadImage as refusal:
        wrong = {"photo": refusal.sentence}
    if wrong:
        return answers.invalid(
            "owner/companion.html", **(_form(customer_id, person, line) | {"wrong": wrong})
        )
    flash("적어 두었어요")
    return see_other(url_for("owner.person", customer_id=customer_id, _anchor="companions"))


def _form(customer_id: int, person: MyDetails, line: CompanionLine | None) -> dict[str, Any]:
    typed = {name: asked.text(name) for name in COMPANION_FIELDS}
    if request.method == "GET":
        typed = {"name": line.name, "note": line.note} if line else {"name": "", "note": ""}
        typed |= day_rules.typed_days(known.birthday_of(line) if line else None, None, "")
    return {
        "customer_id": customer_id,
        "person": person,
        "line": line,
        "typed": typed,
        "agrees": bool(asked.text("days")),
        "stands": person.standing["days"],
        "calendars": day_rules.CALENDARS,
        "wrong": {},
    }


@door(
    bp,
    "/owner/people/<int:customer_id>/companions/<int:companion_id>/removal",
    methods=("POST",),
    audience="owner",
    role="manager",
    tenant="session",
)
def drop_companion(customer_id: int, companion_id: int) -> ResponseReturnValue:
    """Forget somebody who came along."""
    staff = current_staff()
    known_or_gone(customer_id)
    companion_flow.drop(
        shop_id=staff.shop.id,
        customer_id=customer_id,
        companion_id=companion_id,
        staff_id=staff.staff_id,
        ip=asked.ip(),
        now=now(),
    )
    flash("지웠어요")
    return see_other(url_for("owner.person", customer_id=customer_id))


@door(
    bp,
    "/owner/people/<int:customer_id>/companions/<int:companion_id>/photo",
    audience="owner",
    role="manager",
    tenant="session",
)
def companion_photo(customer_id: int, companion_id: int) -> ResponseReturnValue:
    """Answer the picture of somebody who comes along, small."""
    line = _one(customer_id, companion_id)
    return picture(photos.open_known(current_staff().shop.id, line.photo, small=True), kept="no-store")
