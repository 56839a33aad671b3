"""What the demo's people try first: a programme that is over, one that looks for people, a tasting, monitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.board.draw_rules import SEED_BYTES, TICKET_LENGTH, seed_hash
from app.flows.demo.holders import Holder
from app.flows.demo.remembered import PICTURES
from app.flows.demo.rows import Row, Tables, drawn_code, drawn_key
from app.kit.clock import kst_day, months_back, start_of_day
from app.testers.rules import APPLY, MONITOR, ONLY_TURN, PHOTO, TASTING, TRIAL, Question
from app.testers.starts import questions_of

_PHOTO_SIDE = 900  # pixels
_NOBODY = dict.fromkeys(
    (
        "invited_at", "applied_at", "chosen_at", "declined_at", "told_at", "given_at", "given_by",
        "asked_month", "done_at", "rewarded_at", "change_told_at",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One programme of a demo shop. `days`: how long ago it began; `said`: what its testers wrote, one each."""

    sort: str
    start: str
    product: str
    about: str
    days: int
    places: int
    applied: int = 0
    said: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()  # the stars each of them gave, or the taps at the counter
    verdict: str = ""
    note: str = ""
    change: str = ""
    benefit: str = ""
    pictures: tuple[str, ...] = ()  # what the first of them sent a photo of (remembered.PICTURES)


_OF: dict[str, tuple[Trial, ...]] = {
    "DALBIT": (
        Trial(
            TRIAL, "food", "병에 담은 콜드브루",
            "집에서도 드실 수 있게 콜드브루를 병에 담아 봤어요. 내놓기 전에 먼저 드셔 보시고 느낀 대로 들려주세요.",
            40, 6, 11,
            (
                "얼음을 넣으니 맛이 금방 연해졌어요. 조금 더 진하면 좋겠어요.",
                "병이 예뻐서 선물하고 싶었어요. 뚜껑이 조금 빡빡해요.",
                "사흘째부터 쓴맛이 올라왔어요. 언제까지 마셔야 하는지 적혀 있으면 좋겠어요.",
                "우유에 타니 딱 좋았어요.",
                "혼자 마시기에는 양이 많아요. 작은 병도 있으면 해요.",
                "매장에서 마시던 맛 그대로예요.",
            ),
            (3, 4, 3, 5, 4, 5), pictures=("latte",), verdict="improve",
            note="맛은 좋은데 연하다, 양이 많다는 말씀이 셋. 진하게, 작은 병으로 다시.",
            change="원두를 더 넣어 진하게 내리고, 300ml 작은 병을 만들었어요. 병 뒤에 맛있게 드시는 날짜도 적었어요.",
        ),
        Trial(
            TRIAL, "food", "딸기 크림 소금빵", "봄에 내놓을 빵이에요. 크림이 많은지 적은지 궁금해요.", 3, 5, 5
        ),
        Trial(
            TASTING, "taste", "겨울 유자차", "올해 유자로 새로 담갔어요.", 6, 0,
            marks=(5, 4, 5, 5, 3, 4, 5, 4, 2, 5, 5, 4, 5, 3, 4, 5, 5, 4, 4, 5, 3, 5, 4, 5),
        ),
    ),
    "JEONGSUN": (
        Trial(
            MONITOR, "month", "겨울 반찬 모니터단", "달마다 한 번, 반찬과 가게가 어땠는지 들려주세요.", 50, 5, 7,
            (
                "진미채가 조금 달아졌어요.",
                "저녁에 가면 나물이 다 떨어져 있어요.",
                "국물 있는 반찬은 통을 두 겹으로 싸 주시면 좋겠어요.",
                "늘 친절하세요.",
                "주차할 곳을 알려 주시면 좋겠어요.",
            ),
            (4, 3, 4, 5, 4), benefit="달마다 밑반찬 하나",
        ),
    ),
}  # fmt: skip


class Testers:
    """Draws who applied, who was chosen and what they answered."""

    def __init__(self, rng: Random, tables: Tables, shop: Row, code: str, moment: datetime) -> None:
        self.rng, self.tables, self.shop_id, self.moment = rng, tables, shop["id"], moment
        self.trials = _OF.get(code, ())
        self.taken: set[str] = set()
        if self.trials:
            shop["uses"] = " ".join(sorted({*shop.get("uses", "").split(), "testers"}))

    def write(self, holders: Sequence[Holder], owner: Row) -> None:
        """Add everything, the ids included."""
        known = [h for h in holders if h.person.name and h.person.erased_at is None and len(h.stood) > 3]
        self.rng.shuffle(known)
        for trial in self.trials:
            people, known = known[: trial.applied], known[trial.applied :]
            self._one(trial, people, owner)
        for table in ("programmes", "programme_questions", "testers", "tester_answers", "tasting_answers"):
            self.tables.number(table)
        self.tables.number("photos")  # those of testers lie behind the others

    def _one(self, trial: Trial, people: Sequence[Holder], owner: Row) -> None:
        began = start_of_day(kst_day(self.moment) - timedelta(days=trial.days)) + timedelta(hours=10)
        row = self._programme(trial, began, owner)
        asked = [
            (self._question(row, place, each), each)
            for place, each in enumerate(questions_of(trial.start, trial.sort))
        ]
        if trial.sort == TASTING:
            for place, number in enumerate(trial.marks):
                at = began + timedelta(hours=1 + place * trial.days * 24 / (len(trial.marks) + 1))
                self._tap(asked[0][0], number, min(at, self.moment - timedelta(minutes=9)))
            return
        for number, holder in enumerate(people, start=1):
            applied = began + timedelta(hours=5 * number, minutes=7 * number)
            part = self._part(row, holder, number, min(applied, self.moment - timedelta(minutes=20)))
            for question, each in asked:
                if each.when == APPLY:
                    self._answer(part, question, each, ONLY_TURN, part["applied_at"], 0, "덜 짜게 해 주세요")
            if number <= len(trial.said):
                self._took_part(trial, part, asked, number - 1, began)
            elif trial.said:
                part["told_at"] = began + timedelta(days=8)

    def _programme(self, trial: Trial, began: datetime, owner: Row) -> Row:
        seed = "".join(f"{self.rng.getrandbits(8):02x}" for _each in range(SEED_BYTES))
        day = kst_day(began)
        is_trial, is_monitor = trial.sort == TRIAL, trial.sort == MONITOR
        ended = began + timedelta(days=trial.days - 4) if trial.verdict else None
        return self.tables.add(
            "programmes", shop_id=self.shop_id, once=drawn_key(self.rng), ref=drawn_key(self.rng)[:22],
            sort=trial.sort, product=trial.product, product_id=None, about=trial.about, people="",
            places=trial.places, price=0, benefit=trial.benefit, coupon_kind_id=None,
            conditions={"least_visits": 3 if trial.places else 0, "note": ""}, try_days=3,
            apply_until=start_of_day(day + timedelta(days=8)) if trial.places else None,
            answer_until=start_of_day(day + timedelta(days=30)) if is_trial else None,
            term_starts=day + timedelta(days=8) if is_monitor else None,
            term_ends=day + timedelta(days=120) if is_monitor else None,
            seed=seed, seed_hash=seed_hash(seed), staff_id=owner, made_at=began, shown_at=began, closed_at=None,
            settled_at=None, drawn_at=None, drawn={}, invites=False, invited_after=0, invited_at=None,
            called_off_at=None, ended_at=ended,
            verdict=trial.verdict, verdict_note=trial.note, change=trial.change,
            change_at=ended if trial.change else None,
        )  # fmt: skip

    def _question(self, row: Row, place: int, each: Question) -> Row:
        return self.tables.add(
            "programme_questions", shop_id=self.shop_id, programme_id=row, position=place, asked_when=each.when,
            form=each.form, text=each.text, options=list(each.options), is_needed=each.is_needed,
        )  # fmt: skip

    def _part(self, row: Row, holder: Holder, number: int, at: datetime) -> Row:
        ticket = drawn_code(self.rng, TICKET_LENGTH, self.taken)
        return self.tables.add(
            "testers", **_NOBODY | {
                "shop_id": self.shop_id, "programme_id": row, "customer_id": holder.customer, "number": number,
                "ticket": ticket, "chosen_by": "", "applied_at": at,
            },
        )  # fmt: skip

    def _took_part(
        self, trial: Trial, part: Row, asked: Sequence[tuple[Row, Question]], place: int, began: datetime
    ) -> None:
        chosen = began + timedelta(days=8, hours=1)
        part.update(chosen_at=chosen, chosen_by="hand", told_at=chosen)
        turns: list[tuple[date, datetime]] = []
        if trial.sort == TRIAL:
            part["given_at"] = chosen + timedelta(days=1, hours=place)
            turns = [(ONLY_TURN, part["given_at"] + timedelta(days=4, hours=3 * place))]
        else:
            this = kst_day(self.moment).replace(day=1)
            before = months_back(this, 1)
            turns = [(before, start_of_day(before) + timedelta(days=26, hours=10 + place))]
            if place < 3:  # two have not answered yet this month
                turns.append((this, start_of_day(this) + timedelta(hours=10 + place)))
            part["asked_month"] = this
        for turn, at in turns:
            at = min(at, self.moment - timedelta(minutes=30 - place))
            for question, each in asked:
                if each.when != APPLY:
                    self._answer(part, question, each, turn, at, trial.marks[place], trial.said[place])
                    if each.form == PHOTO and place < len(trial.pictures):
                        self.tables.rows["tester_answers"][-1]["photo_id"] = self._photo(
                            part, trial.pictures[place], at
                        )
            part["done_at"] = at if turn == turns[-1][0] and (trial.sort == TRIAL or len(turns) > 1) else None
        if trial.change:
            part["change_told_at"] = began + timedelta(days=trial.days - 4)

    def _answer(
        self, part: Row, question: Row, each: Question, turn: date, at: datetime, mark: int, words: str
    ) -> None:
        number, picks = None, []
        if each.form == "scale":
            number = max(1, min(5, mark + self.rng.choice((-1, 0, 0, 0, 1))))
        elif each.form == "choice":
            # Who liked it finds it right; the others find something.
            number = 1 if mark > 3 and each.when != APPLY else self.rng.randrange(len(each.options))
            number = 0 if each.options[0] == "살래요" and mark > 3 else number
        elif each.form == "many":
            picks = [self.rng.randrange(len(each.options))]
        self.tables.add(
            "tester_answers", shop_id=self.shop_id, tester_id=part, question_id=question, turn=turn, number=number,
            picks=picks, text=words if each.form == "text" else "", photo_id=None, at=at,
        )  # fmt: skip

    def _photo(self, part: Row, name: str, at: datetime) -> Row:
        digest = next(key for key, path in PICTURES.items() if path.name == f"review_{name}.webp")
        return self.tables.add(
            "photos", shop_id=self.shop_id, customer_id=part["customer_id"], ask_id=None, review_id=None,
            ref=drawn_key(self.rng)[:22], state="ready", reason="", width=_PHOTO_SIDE, height=_PHOTO_SIDE, tries=1,
            at=at, digest=digest, passed_at=at,
        )  # fmt: skip

    def _tap(self, question: Row, number: int, at: datetime) -> None:
        values: dict[str, Any] = {"shop_id": self.shop_id, "question_id": question, "number": number}
        key = drawn_key(self.rng) + drawn_key(self.rng)
        self.tables.add("tasting_answers", **values, day=kst_day(at), browser_hash=key, text="", at=at)
