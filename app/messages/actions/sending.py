"""The last look before the call: everything is asked again, for the rows of one batch at once. Flush, never commit.

People, messages, the month's budget: in this order, each by their ids, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from app.messages import (
    accounts,
    composing,
    crowd,
    gather,
    pictures,
    prices,
    pushes,
    raising,
    registry,
    restores,
    rules,
    stopped,
    talk_templates,
)
from app.messages.actions import budget, departing, doubting, ending, fallback
from app.messages.actions.claims import Hold, change
from app.messages.actions.departing import Able, Begun
from app.messages.actions.holding import lock_people
from app.messages.contract import Account, Wire
from app.messages.models import Message

log = structlog.get_logger(__name__)

# Makes the free opt-out tokens of people: (session, shop_id, whose, now) → person → token.
OptOutMaker = Callable[..., dict[int, str]]

_WHOSE = select(Message.kind, Message.customer_id).where(
    Message.shop_id == bindparam("shop"), Message.id.in_(bindparam("ids", expanding=True))
)
_OURS = (
    select(Message.__table__)
    .where(
        Message.shop_id == bindparam("shop"),
        Message.id.in_(bindparam("ids", expanding=True)),
        Message.state == "claimed",
    )
    .order_by(Message.id)
    # Ours until the attempt is written: between looking and writing, a sweep gave it to another worker
    # and both sent it (the kill harness saw it on PostgreSQL). Who holds it now may take it back.
    .with_for_update(skip_locked=True)
)


def begin(
    session: Any, holds: Sequence[Hold], *, wire: Wire, opt_out_links: OptOutMaker, now: datetime
) -> Begun:
    """Ask everything again about claimed rows of one channel; write the attempts of those that may still go."""
    begun = Begun()
    for shop_id, mine in groupby(
        sorted(holds, key=lambda hold: (hold.shop_id, hold.id)), lambda h: h.shop_id
    ):
        look = _LastLook(session, shop_id, list(mine), wire=wire, opt_out_links=opt_out_links, now=now)
        look.begin(begun)
    return begun


class _LastLook:
    """The rows of one shop on one channel, looked at together."""

    def __init__(
        self,
        session: Any,
        shop_id: int,
        holds: list[Hold],
        *,
        wire: Wire,
        opt_out_links: OptOutMaker,
        now: datetime,
    ) -> None:
        self.session, self.shop_id, self.wire, self.now = session, shop_id, wire, now
        self.opt_out_links = opt_out_links
        self.holds = {hold.id: hold for hold in holds}
        self.channel = holds[0].channel
        self.can = registry.channel(self.channel).CAPABILITIES
        self.account: Account | None = None
        # In the class in which this shop sends them: an 안내 may have been raised.
        self._kinds = raising.kinds(session, shop_id=shop_id)
        self._ads = {key for key, kind in self._kinds.items() if kind.is_ad}
        self._became: dict[str, dict[str, Any]] = {}

    def begin(self, begun: Begun) -> None:
        """Look, and write down what follows: waiting, left out, in the owner's hands, or on its way."""
        rows = self._hold_rows()
        if not rows:
            return
        people = {row.customer_id for row in rows}
        self.crowd = crowd.look_up(self.session, shop_id=self.shop_id, people=people, now=self.now)
        if self.can.account:
            self.account = accounts.account(self.session, shop_id=self.shop_id, provider=self.can.account)
        self.stops = stopped.look_up(
            self.session,
            shop_id=self.shop_id,
            causes={row.cause for row in rows},
            missing=self.can.account if self.account is None else "",
            now=self.now,
        )
        self.doubt = restores.doubt(self.session, now=self.now) if self.can.transmits else None
        self.links = self._links(rows)
        by_push = self.can.address == "push"
        self.targets = pushes.targets(self.session, shop_id=self.shop_id, people=people) if by_push else {}
        going: list[Able] = []
        # Everybody's first before anybody's second: the second sees of the first whether it really goes.
        for some in crowd.one_each(rows):
            able = [found for row in some if (found := self._judge_alone(row)) is not None]
            paid = self._paid_for(able)
            for one in paid:
                if one.is_sent_ad:
                    self.crowd.count(one.row.customer_id, one.row.id, self.now)
            going += paid
        departing.depart(
            self.session, going, shop_id=self.shop_id, account=self.account, now=self.now, begun=begun
        )

    def _hold_rows(self) -> list[Any]:
        which = {"shop": self.shop_id, "ids": sorted(self.holds)}
        held: set[int] = set()
        if self.can.transmits:
            # Two ads to one person at the same moment: the second waits here and then sees the first's grant.
            # People before messages, as every flow does it: else two of them could wait for each other.
            told = self.session.execute(_WHOSE, which)
            held = {row.customer_id for row in told if self._needs_person(row)}
            lock_people(self.session, shop_id=self.shop_id, people=held)
        found = self.session.execute(_OURS, which).all()
        # Whose card went into another while we waited for it is somebody by now whom nobody holds: the next turn.
        mine = [row for row in found if row.fence == self.holds[row.id].fence]
        return [row for row in mine if not self._needs_person(row) or row.customer_id in held]

    def _needs_person(self, row: Any) -> bool:
        # A message to them may be written as well, where AlimTalk can't carry theirs.
        return self.can.is_template or self._is_sent_ad(row)

    def _is_sent_ad(self, row: Any) -> bool:
        return self.can.transmits and row.kind in self._ads

    def _links(self, rows: Sequence[Any]) -> dict[int, str]:
        ads = {row.customer_id for row in rows if self._is_sent_ad(row)}
        known = {who: self.crowd.known(who, but_message_id=0) for who in ads}
        whose = {who: (one.address_key, one.email_key) for who, one in known.items()}
        return self.opt_out_links(self.session, shop_id=self.shop_id, whose=whose, now=self.now)

    def _judge_alone(self, row: Any) -> Able | None:
        """Judge one row; what is wrong with it ends it alone, or it would keep back every shop's messages for ever.

        The database's own faults end the whole look: nothing more can be written after one.
        """
        try:
            return self._judge(row)
        except SQLAlchemyError:
            raise
        except Exception as fault:  # of which only the name is logged: its words may quote the message
            log.error("message_not_judged", message_id=row.id, kind=row.kind, fault=type(fault).__name__)
            ending.end(
                self.session, self.holds[row.id], "failed", "fault", "글을 만들지 못해서 보내지 않았어요."
            )
            return None

    def _judge(self, row: Any) -> Able | None:
        """Ask the gate about one row; None when it doesn't go now, which is then written down."""
        kind, hold = self._kinds[row.kind], self.holds[row.id]
        known = self.crowd.known(row.customer_id, but_message_id=row.id)
        if known.person.erased:
            # Before anything is asked about its facts: they are blanked, and no words can be made of them.
            ending.end(self.session, hold, "suppressed", "erased", "손님이 정보를 지우셨어요.")
            return None
        facts = {**row.facts, **self._became_of(row)}
        verdict = self.stops.verdict(
            automation=known.automations.get(row.kind),
            cause=row.cause,
            not_after=row.not_after,
            now=self.now,
        )
        if verdict is not None:
            self._not_now(row, verdict)
            return None
        if not kind.still_wanted(facts):
            ending.end(self.session, hold, "cancelled", "not_wanted", "그사이에 필요 없게 됐어요.")
            return None
        around = gather.around(known, kind=kind, wire=self.wire, variant=row.variant)
        base_url = self.wire.public_url or self.wire.base_url
        opt_out = f"{base_url}/o/{self.links[row.customer_id]}" if self._is_sent_ad(row) else ""
        how: dict[str, Any] = {
            "kind": kind,
            "channel": row.channel,
            "around": around,
            "facts": facts,
            "opt_out": opt_out,
            "base_url": base_url,
        }
        text, template = composing.compose(**how), None
        kept = composing.kept_text(**how, text=text)
        doubt = self.doubt.about(row, self.can) if self.doubt is not None else ""
        if doubt:
            has_photo = self.can.takes_photo and bool(facts.get("photo"))
            if kind.is_ad:
                self.crowd.count(row.customer_id, row.id, self.now)
            doubting.wait(
                self.session,
                row,
                hold,
                is_ad=kind.is_ad,
                address_key=known.email_key if self.can.address == "email" else known.address_key,
                why=doubt,
                kept=kept,
                won=self._cost(text, photo=has_photo) if self.can.account else 0,
                now=self.now,
            )
            return None
        if self.can.is_template:
            talk = talk_templates.template_for(
                self.session,
                shop_id=self.shop_id,
                provider=self.can.account,
                kind=kind,
                values={"이름": around.name, **kind.words(facts)},
                path=kind.path(facts) if kind.path is not None else "",
                base_url=base_url,
            )
            if talk is None:
                self._not_now(row, rules.LeaveOut("no_template", "승인된 알림톡 글이 없어요."))
                return None
            template, text = talk
            kept = text
        verdict = composing.verdict_on(
            kind=kind,
            channel=row.channel,
            around=around,
            text=text,
            facts=facts,
            not_after=row.not_after,
            now=self.now,
        )
        if not isinstance(verdict, rules.Send):
            self._not_now(row, verdict)
            return None
        if self.can.by_hand:
            # It waits in the owner's queue from now on.
            ours = {"state": "ready", "lease_ms": None, "text": kept, "staged_at": self.now}
            change(self.session, hold, "claimed", **ours, code="", reason="")
            return None
        photo = pictures.picture(self.shop_id, str(facts.get("photo", ""))) if self.can.takes_photo else b""
        targets = self.targets.get(row.customer_id, ())
        link = composing.link(kind=kind, around=around, facts=facts, base_url=base_url) if targets else ""
        return Able(row, hold, kind, around, facts, text, kept, opt_out, template, photo, targets, link)

    def _became_of(self, row: Any) -> dict[str, Any]:
        """Look at a cause once: many messages follow from one campaign."""
        if row.cause not in self._became:
            self._became[row.cause] = gather.fresh_facts(
                self.session, shop_id=self.shop_id, cause=row.cause, facts={}
            )
        return self._became[row.cause]

    def _not_now(self, row: Any, verdict: rules.Verdict) -> None:
        ending.not_now(self.session, self.holds[row.id], verdict)
        if isinstance(verdict, rules.LeaveOut) and self.can.is_template and verdict.code in fallback.NO_TALK:
            fallback.another_way(self.session, shop_id=self.shop_id, message_id=row.id, now=self.now)

    def _paid_for(self, able: list[Able]) -> list[Able]:
        """Take the costs from the month's budget; what it has nothing left for does not go now."""
        if not self.can.account:
            return able
        costs = {one.row.id: self._cost(one.text, photo=bool(one.photo)) for one in able}
        paid = budget.charge(self.session, shop_id=self.shop_id, costs=costs, now=self.now)
        for one in able:
            if one.row.id not in paid:
                self._not_now(one.row, prices.over_budget(not_after=one.row.not_after, now=self.now))
        return [one for one in able if one.row.id in paid]

    def _cost(self, text: str, *, photo: bool) -> int:
        form = prices.form_of(text, channel=self.can, photo=photo)
        return prices.price_of(self.account, form)
