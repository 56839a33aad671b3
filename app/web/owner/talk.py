"""카카오톡 채널: the button on the customers' cards, and a group's numbers as a file for the channel's admin page."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.flows import talk_channel as flow
from app.insights import groups
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.messages import kakao_channel, kakao_rules
from app.web import answers
from app.web.answers import see_other
from app.web.doors import door, now
from app.web.guards import current_staff
from app.web.owner import asked
from app.web.owner.blueprint import bp


@door(bp, "/owner/more/talk", methods=("GET", "POST"), audience="owner", role="owner", tenant="session")
def talk_channel() -> ResponseReturnValue:
    """Paste the channel's address, or take it away."""
    staff = current_staff()
    link = kakao_rules.friend_link(kakao_channel.channel(staff.shop.id))
    page: dict[str, Any] = {"link": link, "sections": groups.lines(shop_id=staff.shop.id, now=now())}
    if request.method == "GET":
        return render_template("owner/talk.html", **page, typed=link.removesuffix("/friend"), wrong={})
    typed = asked.text("link")
    try:
        channel = flow.save(shop_id=staff.shop.id, staff_id=staff.staff_id, link=typed, now=now())
    except Invalid as error:
        return answers.invalid("owner/talk.html", **page, typed=typed, wrong=error.fields)
    flash("저장했어요. 손님 카드에 채널 추가 단추가 보여요" if channel else "저장했어요. 단추를 뺐어요")
    return see_other(url_for("owner.talk_channel"))


@door(
    bp,
    "/owner/more/talk/file",
    methods=("POST",),
    audience="owner",
    role="owner",
    tenant="session",
    device="own",
    sudo=True,
)
def talk_file() -> ResponseReturnValue:
    """Answer the numbers of who agreed to ads in a group, and write down that they left the shop."""
    staff, group = current_staff(), asked.text("group")
    if group not in groups.names(staff.shop.id):
        flash("어떤 손님의 번호를 내려받을지 골라 주세요")
        return see_other(url_for("owner.talk_channel"))
    found = kakao_channel.numbers(staff.shop.id, group=group, now=now())
    if not found:
        flash("광고 문자에 동의한 손님이 아직 없어요")
        return see_other(url_for("owner.talk_channel"))
    flow.note_file(
        shop_id=staff.shop.id,
        staff_id=staff.staff_id,
        group=group,
        count=len(found),
        ip=asked.ip(),
        now=now(),
    )
    answer = Response(kakao_channel.as_file(found), content_type="text/csv; charset=utf-8")
    name = f"channel-{group.replace(':', '-')}-{kst_day(now())}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
