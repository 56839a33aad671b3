"""내 정보 내려받기: everything the shop knows, as a text to read and as data for programs (개인정보 보호법 35조, 35조의2)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue

from app.cards import papers
from app.cards import queries as cards
from app.cards.lines import CardLine, card_lines
from app.coupons import queries as coupons
from app.customers import known as knowledge
from app.customers import queries as people
from app.customers.known import CompanionLine, TagLine
from app.customers.queries import ConsentLine, MyDetails
from app.customers.texts import CONSENT_NAMES
from app.kit.korean import won
from app.messages import inbox as inbox_reads
from app.messages import personal, pushes
from app.programs import queries as programs
from app.referrals import queries as referrals
from app.reviews import queries as reviews
from app.reviews.rules import MOODS
from app.testers import mine as testers
from app.tiers import gifts
from app.tiers import queries as tiers
from app.visits import queries as visits_of_shop
from app.voices import queries as voices
from app.voices.rules import KINDS
from app.web.customer import line_words, my_talk, my_warranties, my_words, notices
from app.web.customer.blueprint import bp
from app.web.doors import door, now
from app.web.guards import current_card, current_shop

_ALL = 10_000
_ACTIONS = {
    "grant": "동의했어요",
    "decline": "동의하지 않았어요",
    "withdraw": "동의를 철회했어요",
    "merge": "카드를 합칠 때 꺼졌어요",
    "number": "번호가 바뀌어 꺼졌어요",
}


@dataclass(frozen=True)
class Known:
    """What the shop knows of one person."""

    person: MyDetails
    card: cards.CardPage
    lines: list[CardLine]
    visits: list[visits_of_shop.VisitLine]
    letters: list[inbox_reads.LetterLine]
    reviews: list[reviews.ReviewLine]
    said: list[voices.MySaid]
    brought: referrals.MyReferral | None
    invite: referrals.MyInvite
    tier: str  # "" where there is none
    moves: list[tiers.ChangeLine]
    given: list[gifts.GivenLine]
    coupons: list[coupons.Held]
    rung: list[pushes.RungLine]
    mall: list[programs.MallLine]
    tags: list[TagLine]
    companions: list[CompanionLine]
    tried: list[testers.MyAnswer]


def _known() -> Known:
    holder = current_card()
    where: dict[str, Any] = {"shop_id": holder.shop_id, "customer_id": holder.customer_id}
    return Known(
        person=people.my_details(**where),
        card=cards.card_page(shop_id=holder.shop_id, card_id=holder.card_id, now=now()),
        lines=card_lines(shop_id=holder.shop_id, card_id=holder.card_id, limit=_ALL),
        visits=visits_of_shop.visits_of(**where),
        letters=inbox_reads.letters(holder.shop_id, holder.customer_id, now=now(), limit=_ALL),
        reviews=reviews.reviews_of(**where, limit=_ALL),
        said=voices.everything_said(**where),
        brought=referrals.my_referral(**where),
        invite=referrals.my_invite(**where),
        tier=tiers.name_of(**where),
        moves=tiers.changes_of(**where, limit=_ALL),
        given=gifts.given_to(**where, limit=_ALL),
        coupons=coupons.everything(**where),
        rung=pushes.rung_for(**where),
        mall=programs.events_of(**where),
        tags=knowledge.tags_of(**where),
        companions=knowledge.companions_of(**where),
        tried=testers.everything_answered(**where),
    )


@door(bp, "/c/<code>/me/text", audience="customer", role="holder", tenant="code")
def me_text(code: str) -> ResponseReturnValue:
    """A file anybody can open and read."""
    # The mark at the start and the line ends are for old Windows programs, which else show Korean as signs.
    text = "\ufeff" + "\r\n".join(_sections(_known())) + "\r\n"
    answer = Response(text, content_type="text/plain; charset=utf-8")
    shop = current_shop()
    name = "".join(char for char in shop.name if char.isalnum() or char in " -_")
    # RFC 6266: the plain name for old programs, the real one after it.
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"dangol-{shop.code}.txt\"; filename*=UTF-8''{quote(f'내정보-{name}.txt')}"
    )
    return answer


@door(bp, "/c/<code>/me/download", audience="customer", role="holder", tenant="code")
def me_download(code: str) -> ResponseReturnValue:
    """The same for other programs."""
    shop, known = current_shop(), _known()
    page = known.card
    mine: dict[str, Any] = {
        "shop": {"name": shop.name, "phone": shop.phone, "address": shop.address},
        "taken_at": now(),
        "person": asdict(known.person),
        "days": [{"name": name, "day": day} for name, day, _coming in my_words.days()],
        "tags": [tag.name for tag in known.tags],
        "companions": [
            {
                "name": one.name,
                "note": one.note,
                "birthday": my_words.birthday(one),
                "has_photo": bool(one.photo),
            }
            for one in known.companions
        ],
        "paper_cards": [_paper_facts(line) for line in _papers()],
        "notices_read": [{"title": title, "at": at} for title, at in notices.read()],
        "news_asked_for": [asdict(line) for line in _news()],
        "card": {
            "stamps": page.balance,
            "goal": page.goal,
            "reward": page.reward_name,
            "code": page.spoken,
            "points": page.extras.points,
        },
        "rewards": [asdict(reward) for reward in page.rewards],
        "ledger": [asdict(line) for line in known.lines],
        "visits": [asdict(visit) for visit in known.visits],
        "letters": [asdict(letter) for letter in known.letters],
        "reviews": [_review_facts(review) for review in known.reviews],
        "coupons": [asdict(held) for held in known.coupons],
        "rung_browsers": [asdict(line) for line in known.rung],
        "mall": [asdict(line) for line in known.mall],
        "warranties": my_warranties.facts(),
        "voices": [asdict(line) for line in known.said],
        "tester_answers": [asdict(line) for line in known.tried],
        **my_talk.facts(),
        "came_by_invitation": asdict(known.brought) if known.brought else None,
        "invitation": asdict(known.invite),
        "tier": {"name": known.tier, "moves": [asdict(move) for move in known.moves]},
        # Who of the staff handed it over is the shop's, not theirs.
        "given": [{"what": one.what, "at": one.at, "undone": one.undone} for one in known.given],
    }
    text = json.dumps(mine, ensure_ascii=False, indent=2, default=_plain)
    answer = Response(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="dangol-{shop.code}.json"'
    return answer


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _sections(known: Known) -> list[str]:
    shop, person, card = current_shop(), known.person, known.card
    blocks = {
        "가게": _facts({"이름": shop.name, "전화": shop.phone, "주소": shop.address}),
        "적어 둔 것": _facts(my_words.about(person) | {"태그": ", ".join(tag.name for tag in known.tags)}),
        "함께 오는 친구": [
            " · ".join(filter(None, (one.name, one.note, my_words.birthday(one)))) for one in known.companions
        ],
        "카드": _facts(
            {
                "도장": f"{card.balance}개 ({card.goal}개를 모으면 {card.reward_name})",
                "카드 번호": card.spoken,
                "쓸 수 있는 혜택": ", ".join(reward.name for reward in card.rewards) or "없어요",
            }
        ),
        "동의": [_said(line) for line in person.said],
        "휴대폰 알림": [f"{my_words.at(line.made_at)}부터 · {line.service}" for line in known.rung],
        "적립·사용 내역": [_line(line) for line in known.lines],
        "방문": [_visit(visit) for visit in known.visits],
        "등급": _tier(known),
        "가게에서 드린 것": [
            f"{my_words.at(one.at)} · {one.what}" + (" · 되돌렸어요" if one.undone else "")
            for one in known.given
        ],
        "쿠폰": [_coupon(held) for held in known.coupons],
        "가게에서 온 말": [
            f"{my_words.at(letter.at)} · {letter.label}\r\n  {letter.text}" for letter in known.letters
        ],
        "읽은 가게 소식": [f"{my_words.at(at)} · {title}" for title, at in notices.read()],
        "내 후기": [_review(review) for review in known.reviews],
        "사장님께 한마디": [
            f"{my_words.at(line.at)} · {KINDS[line.kind]} · {'가게의 답' if line.by_shop else '나'}"
            + (f" · 사진 {line.photos}장" if line.photos else "")
            + f"\r\n  {line.text}"
            for line in known.said
        ],
        "체험단": [
            f"{my_words.at(line.at)} · {line.product} · {line.question}: {line.answer}"
            for line in known.tried
        ],
        "친구 초대": _friends(known),
    }
    blocks |= my_warranties.sections()
    blocks |= my_talk.sections()
    if known.mall:  # few shops have one
        blocks["쇼핑몰에서"] = [
            f"{my_words.at(line.at)} · {line.item} · {'담아 두었어요' if line.kind == 'cart_left' else '보았어요'}"
            for line in known.mall
        ]
    text = [f"내 정보 · {shop.name}", f"{my_words.at(now())}에 내려받았어요."]
    for title, lines in blocks.items():
        text += ["", f"[{title}]", *(lines or ["아직 없어요"])]
    return "\n".join(text).replace("\r\n", "\n").split("\n")


def _tier(known: Known) -> list[str]:
    moves = [
        f"{my_words.at(move.at)} · {move.before or '등급 없음'} → {move.after or '등급 없음'}"
        + (" · 되돌렸어요" if move.undone else "")
        for move in known.moves
    ]
    return [f"지금 등급: {known.tier}", *moves] if known.tier else moves


def _coupon(held: coupons.Held) -> str:
    became = {
        "used": "썼어요",
        "withdrawn": "가게에서 거뒀어요",
        "over": "기한이 지났어요",
        "living": "쓸 수 있어요",
    }
    told = [my_words.at(held.issued_at), held.terms.name, held.last_words, became[held.state(now())]]
    return " · ".join(word for word in told if word)


def _review(review: reviews.ReviewLine) -> str:
    # The disclosure stands first here too (표시·광고 심사지침).
    told = [review.disclosed, f"별점 {review.stars}점", my_words.at(review.at), MOODS.get(review.mood, "")]
    hidden = f"가게에서 가린 후기예요. 까닭: {review.hidden_words}" if review.hidden else ""
    bought = f"산 것: {', '.join(review.goods)}" if review.goods else ""
    said = [hidden, review.text, bought, f"가게의 답글: {review.reply}" if review.reply else ""]
    return "\r\n  ".join([" · ".join(filter(None, told)), *filter(None, said)])


def _news() -> list[personal.DoneLine]:
    return personal.asked_for_news(current_card().shop_id, current_card().customer_id)


def _papers() -> list[papers.PaperLine]:
    return papers.papers_of(shop_id=current_card().shop_id, card_id=current_card().card_id, limit=_ALL)


def _paper_facts(line: papers.PaperLine) -> dict[str, Any]:
    names = ("asked", "state", "reason", "created_at", "decided_at", "given")
    return {name: getattr(line, name) for name in names}


def _review_facts(review: reviews.ReviewLine) -> dict[str, Any]:
    return {
        "disclosed": review.disclosed,
        "stars": review.stars,
        "mood": review.mood,
        "text": review.text,
        "shown_name": review.shown_name,
        "visited_at": review.visited_at,
        "at": review.at,
        "reply": review.reply,
        "bought": review.goods,
        "hidden_for": review.hidden_words,
    }


def _friends(known: Known) -> list[str]:
    """Tell that there was an invitation, never whose: nobody's name is in another person's file."""
    told = [f"{my_words.at(known.brought.at)} · 친구의 초대로 카드를 받았어요"] if known.brought else []
    if known.invite.word:
        link = known.invite
        told.append(
            f"내 초대 링크: {link.word} · 카드를 받은 친구 {link.joined}명, 다녀간 친구 {link.came}명"
        )
    return told


def _facts(facts: dict[str, str]) -> list[str]:
    return [f"{label}: {words}" for label, words in facts.items() if words]


def _said(line: ConsentLine) -> str:
    return f"{my_words.at(line.at)} · {CONSENT_NAMES.get(line.kind, line.kind)} · {_ACTIONS.get(line.action, line.action)}"


def _line(line: CardLine) -> str:
    told = [
        my_words.at(line.at),
        line_words.what(line),
        f"{line.delta:+d}" if line.delta else "",
        f"포인트 {line.points:+,}점" if line.points else "",
        line_words.how(line),
    ]
    return " · ".join(word for word in told if word)


def _visit(visit: visits_of_shop.VisitLine) -> str:
    told = [my_words.at(visit.at), ", ".join(visit.items), won(visit.amount) if visit.amount else ""]
    return " · ".join([*(word for word in told if word), *(["취소했어요"] if visit.reversed else [])])
