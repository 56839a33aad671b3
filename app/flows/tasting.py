"""맛보기: whoever stands at the counter answers one question with one tap, without a name; once a browser and day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.flows.programme import standing
from app.flows.unit import after_a_race, write
from app.kit.clock import kst_day
from app.kit.refusals import Invalid
from app.kit.signing import token_hash
from app.testers import actions, rules, tapping
from app.testers.rules import AFTER, SCALE, SCALE_WORDS, NoProgramme, NotNow, TooManyTaps

_MINUTE = timedelta(minutes=1)


def answer(*, shop_id: int, ref: str, browser_token: str, number: str, now: datetime) -> bool:
    """Count one tap; returns False when this browser had answered today and nothing new was counted.

    `browser_token` is kept as a hash bound to this programme: no answer leads to anybody's card. Raises Invalid,
    NoProgramme, NotNow, TooManyTaps.
    """

    def answered() -> bool:
        with write() as session:
            row = actions.by_ref(session, shop_id=shop_id, ref=ref)
            if row is None or row.sort != rules.TASTING or row.shown_at is None:
                raise NoProgramme
            if standing(row).stage(now) != "open":
                raise NotNow("맛보기가 끝났어요. 함께해 주셔서 고맙습니다.")
            asked = actions.questions(session, shop_id=shop_id, programme_id=row.id)
            one = next((each for each in asked if each.when == AFTER), None)
            if one is None:
                raise NoProgramme
            allowed = SCALE_WORDS if one.form == SCALE else range(len(one.options))
            if number not in {str(each) for each in allowed}:
                raise Invalid({"number": "하나를 눌러 주세요."})
            key: dict[str, Any] = {
                "shop_id": shop_id,
                "question_id": one.id,
                "day": kst_day(now),
                "browser_hash": token_hash(f"tasting:{row.ref}:{browser_token}"),
            }
            if tapping.tasted(session, **key) is not None:
                return False
            taps = tapping.tasted_since(session, shop_id=shop_id, question_id=one.id, since=now - _MINUTE)
            if taps >= rules.TASTING_MINUTE:
                raise TooManyTaps
            tapping.add_tasting(session, **key, number=int(number), now=now)
            return True

    return after_a_race(answered)
