"""A form that met a closed door is kept, signed, and offered again to who typed it: nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

_KEPT_SECONDS = 3600
# Secrets are never written into a page: they are typed again, under these words.
SECRETS = {"present": "지금 비밀번호", "password": "비밀번호", "pin": "비밀 숫자", "second": "여섯 숫자"}
_NOT_KEPT = {"csrf_token", "proof", *SECRETS}
_STAGE_WORDS = (("at", "중간 혜택 도장"), ("name", "중간 혜택"))
# The forms into which something is typed: what they save, and each field by its name. Only these fields are
# kept, so that the page which sends them on can show every one. A mere press (찍기, 빼기) is pressed again.
TYPED: dict[str, tuple[str, dict[str, str]]] = {
    "owner.person": ("손님 정보", {"name": "이름", "likes": "좋아하는 것", "memo": "기억할 것"}),
    "owner.shop_review": ("후기 답글", {"text": "답글"}),
    "owner.shop_voice": ("손님 말씀에 답하기", {"text": "답"}),
    "owner.automation": ("보낼 글", {"delay_minutes": "보내는 때", "text": "글"}),
    "owner.shop_profile": (
        "가게 소개",
        {
            "name": "가게 이름",
            "mark": "도장에 새길 한 글자",
            "owner_name": "사장님 이름",
            "address": "주소",
            "story": "가게 이야기",
        },
    ),
    "owner.card_rule": (
        "카드 규칙",
        {
            "reward_name": "다 모으면 드릴 것",
            "goal": "모아야 할 도장",
            **{f"stage_{part}_{n}": f"{word} {n}" for n in (1, 2, 3) for part, word in _STAGE_WORDS},
            "point_percent": "금액의 몇 %",
            "point_visit": "방문마다 포인트",
            "point_least": "쓸 수 있는 포인트",
            "expiry": "기한",
            "expiry_months": "몇 달 동안",
            "expires_on": "마지막 날",
        },
    ),
    "owner.hours": ("영업시간", {"opens": "여는 시각", "closes": "닫는 시각"}),
    "owner.contact": (
        "연락처",
        {"phone": "손님이 전화할 번호", "opt_out_080": "080 수신거부 번호", "email": "가게 이메일"},
    ),
    "owner.review_settings": (
        "후기 설정",
        {
            "reward_stamps": "후기를 남기면 드릴 도장",
            "hashtag": "우리 가게 해시태그",
            "naver_url": "네이버 주소",
            "kakao_url": "카카오맵 주소",
            "google_url": "구글 지도 주소",
        },
    ),
    "owner.text_size": ("글자 크기", {"size": "글자 크기"}),
    "owner.password": ("아이디와 비밀번호", {"login": "아이디"}),
    "owner.staff_list": ("새 직원", {"name": "이름", "login": "아이디", "role": "맡길 일"}),
    "owner.staff_person": ("직원", {"name": "이름", "role": "맡은 일"}),
    "owner.new_cards": ("종이 카드", {"count": "장 수"}),
    "owner.friend_settings": (
        "친구 데려오기",
        {
            "is_on": "친구 데려오기",
            "inviter": "소개한 분께 드릴 것",
            "friend": "처음 온 친구께 드릴 것",
            "month_most": "한 분께 한 달에 몇 명까지",
        },
    ),
    "owner.own_cards": ("내 카드", {"spoken": "내 카드의 번호"}),
    "owner.closing": ("마감 맞춰 보기", {"day": "날", "receipts": "영수증 수"}),
    "owner.staff_limits": (
        "알려 드리는 기준",
        {
            "stamps_an_hour": "한 시간에 찍는 도장",
            "overrides_a_day": "하루에 한 번 더 찍는 도장",
            "checks_a_day": "하루에 카드 없이 써 드리는 혜택",
        },
    ),
}
_ONCE = "once"  # goes along unseen: the same press stays the same press


@dataclass(frozen=True)
class Kept:
    """A POST as it was: where it went and its fields in order. `secrets`: (field, label) to be typed again.

    `whose`: the staff id of who typed it, and `endpoint` its door; both only of a form that was signed.
    """

    path: str
    fields: list[tuple[str, str]]
    secrets: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""
    whose: int = 0


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-form")


def this_form() -> Kept:
    """Return this POST's path and fields; passwords are only named."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT]
    return Kept(request.path, fields, [(name, SECRETS[name]) for name in SECRETS if name in request.form])


def kept_form(whose: int | None) -> str:
    """Return this POST as one signed value for the person who typed it; passwords are left out.

    "" when nobody knows who that was, or when nothing was typed.
    """
    endpoint = request.endpoint or ""
    if whose is None or endpoint not in TYPED:
        return ""
    _title, names = TYPED[endpoint]
    fields = [(name, value) for name, value in this_form().fields if name in names or name == _ONCE]
    if not any(name in names for name, _value in fields):
        return ""
    return _serializer().dumps([request.path, endpoint, fields, whose])


def read_kept(value: str) -> Kept | None:
    """Return a kept form, or None when it was altered or is older than an hour."""
    try:
        path, endpoint, fields, whose = _serializer().loads(value, max_age=_KEPT_SECONDS)
    except (BadData, ValueError):
        return None
    if endpoint not in TYPED:  # signed by an earlier version
        return None
    return Kept(path, [(name, text) for name, text in fields], endpoint=endpoint, whose=whose)
