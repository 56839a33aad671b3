"""보내도 되는지 확인: what may go to one person at this moment, and why not, before anybody plans anything.

It asks the very gate that decides when a message goes out; only the words are neutral ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.extensions import db
from app.kit.korean import day_and_time
from app.messages import composing, forms, gather, mail_form, push_form, raising, registry, routing, rules
from app.messages.contract import BY_HAND, CARD, Kind, Wire

# A body that promotes nothing and holds no placeholder.
_WORDS = "안녕하세요."
_LINK = "https://planned.invalid/o/x"
# Far enough that waiting is told as waiting.
_PATIENCE = timedelta(days=60)


@dataclass(frozen=True)
class Answer:
    """What may be sent, on which way, and the gate's words. `may`: now · later · no."""

    what: str
    way: str
    may: str
    words: str


@dataclass(frozen=True)
class Checked:
    """All answers about one person."""

    name: str
    by_class: list[Answer]
    by_kind: list[Answer]  # those with one answer together
    recent_ads: list[datetime]


def may_send_now(shop_id: int, *, customer_id: int, wire: Wire, now: datetime) -> Checked:
    """Ask the gate about ads and notices on every way, and about everything that is switched on.

    Raises NoResultFound for another shop's person.
    """
    known = gather.look_up(db.session, shop_id=shop_id, customer_id=customer_id, now=now)
    rung = wire.carries_push and known.person.has_push
    ways = (
        BY_HAND,
        *(("web_push",) if rung else ()),
        *(("email",) if wire.carries_mail else ()),
        CARD,
    )
    by_class = [
        _ask(_plain(is_ad), way, known, wire, now, what="광고" if is_ad else "안내")
        for is_ad in (True, False)
        for way in ways
    ]
    by_kind: dict[tuple[str, str, str], list[str]] = {}
    for spec in sorted(
        raising.kinds(db.session, shop_id=shop_id).values(), key=lambda spec: (not spec.is_ad, spec.label)
    ):
        if _is_told(spec, known):
            best = _best(spec, known, wire, now)
            by_kind.setdefault((best.way, best.may, best.words), []).append(spec.label)
    return Checked(
        name=known.person.name,
        by_class=by_class,
        by_kind=[Answer(", ".join(labels), *answer) for answer, labels in by_kind.items()],
        recent_ads=sorted(known.recent_ads, reverse=True),
    )


def _plain(is_ad: bool) -> Kind:
    return Kind(
        key="check",
        label="광고" if is_ad else "안내",
        is_ad=is_ad,
        text=_WORDS,
        placeholders={},
        channels=(BY_HAND, "web_push", "email", CARD),
        words=lambda facts: {},
        life=_PATIENCE,
    )


def _is_told(spec: Kind, known: gather.Known) -> bool:
    """Leave out what is switched off, what only lies on the card, and what goes by itself whoever it is for."""
    row = known.automations.get(spec.key)
    is_on = spec.default_on if row is None else row.is_on
    travels = any(registry.channel(key).CAPABILITIES.transmits for key in spec.channels)
    return is_on and travels and not spec.statutory


def _best(spec: Kind, known: gather.Known, wire: Wire, now: datetime) -> Answer:
    """Return the first way that is open now or later; else why the last one is not, and that the card has it."""
    around = gather.around(known, kind=spec, wire=wire)
    asked = [
        _ask(spec, way, known, wire, now, what=spec.label)
        for way in routing.ways(spec, around.person, around.sender)
    ]
    for answer in asked:
        if answer.may != "no":
            return answer
    on_card = CARD in spec.channels and _ask(spec, CARD, known, wire, now, what=spec.label)
    if on_card and on_card.may == "now":
        why = asked[-1].words if asked else "저절로 보낼 방법이 아직 없어요."
        return Answer(spec.label, on_card.way, "now", f"카드에만 남겨요. {why}")
    return asked[-1] if asked else Answer(spec.label, "", "no", "보낼 방법이 아직 없어요.")


def _ask(spec: Kind, way: str, known: gather.Known, wire: Wire, now: datetime, *, what: str) -> Answer:
    around = gather.around(known, kind=spec, wire=wire)
    can = registry.channel(way).CAPABILITIES
    shop = around.sender.as_mail_shop()
    if not can.transmits:
        text = _WORDS
    elif can.address == "push":
        text = push_form.ad_body(body=_WORDS, contact=around.sender.contact) if around.kind.is_ad else _WORDS
    elif can.address == "email":
        text = (
            mail_form.ad_body(body=_WORDS, shop=shop, opt_out=_LINK)
            if around.kind.is_ad
            else mail_form.service_body(body=_WORDS, shop=shop)
        )
    elif around.kind.is_ad:
        text = forms.ad_text(
            shop_name=around.sender.shop_name,
            body=_WORDS,
            contact=around.sender.contact,
            opt_out=around.sender.way_to_refuse(_LINK),
        )
    else:
        text = forms.service_text(
            shop_name=around.sender.shop_name, body=_WORDS, contact=around.sender.contact
        )
    verdict = rules.may_send(
        kind=around.kind,
        channel=can,
        text=text,
        subject=composing.subject(kind=around.kind, channel=way, around=around),
        person=around.person,
        sender=around.sender,
        recent_ads=around.recent_ads,
        not_after=now + _PATIENCE,
        now=now,
    )
    label = "문자" if way == BY_HAND else registry.channel(way).LABEL
    if isinstance(verdict, rules.Send):
        return Answer(what, label, "now", "지금 보내도 돼요." if can.transmits else "언제든 남길 수 있어요.")
    if isinstance(verdict, rules.Wait):
        return Answer(what, label, "later", f"{day_and_time(verdict.until)}부터 돼요. {verdict.reason}")
    return Answer(what, label, "no", verdict.reason)
