"""The bench's own pages: the phones that texts arrived at, and where reports are posted to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from config import ROOT
from launch.provider_bench.accounts import Hook
from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.postman import Postman

_CSS = ROOT / "static" / "css"
_SHEETS = ("layers", "tokens", "reset", "base", "layout", "components/*", "utilities", "preferences")
_SHOWN = 200  # of the newest texts
_CODES_OF_SUCCESS = {"4000", "1000"}
_HOOKS = {
    "solapi": "SOLAPI",
    "nhn_sms": "NHN Cloud SMS",
    "nhn_talk": "NHN Cloud KakaoTalk Bizmessage",
}
_FRAME = """<!doctype html>
<html lang="ko" data-text="normal"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">{head}
<link rel="stylesheet" href="/bench/static/bench.css"></head>
<body><main class="page" id="main">{main}</main></body></html>"""


def answer(carrier: Carrier, postman: Postman, secret: str, rest: Sequence[str], call: Call) -> Answer:
    """Answer what comes after /bench/<secret>/."""
    base = f"/bench/{secret}/"
    if call.method == "GET" and rest[0] == "":
        return _html(_phones(carrier, base), "받은 문자", refresh=True)
    if call.method == "GET" and rest[0] == "hooks":
        return _html(_hooks(carrier, base), "연습용 계정")
    if call.method == "GET" and rest[0] == "photo":
        return _photo(carrier, rest[1])
    if call.method == "GET" and rest[0] == "taken":
        return as_json(
            [{"key": parcel.key, "id": parcel.id, "code": parcel.code} for parcel in _all(carrier)]
        )
    if call.method == "POST" and rest[0] == "opt_out":
        form = call.form()
        postman.unsubscribe(form.get("number", ""), form.get("who", ""))
        return _back(base)
    if call.method == "POST" and rest[0] == "hooks":
        _set_hook(carrier, call.form())
        return _back(f"{base}hooks")
    return as_json({"error": "not here"}, 404)


def static(name: str) -> Answer:
    """Return the product's own styles as one sheet: the bench looks like what it serves."""
    if name != "bench.css":
        return Answer(404)
    files = [path for pattern in _SHEETS for path in sorted(_CSS.glob(f"{pattern}.css"))]
    return Answer(
        200, b"".join(path.read_bytes() for path in files), {"Content-Type": "text/css; charset=utf-8"}
    )


def _phones(carrier: Carrier, base: str) -> str:
    by_phone: dict[str, list[Parcel]] = {}
    for parcel in _all(carrier)[:_SHOWN]:
        by_phone.setdefault(parcel.to, []).append(parcel)
    phones = "".join(_phone(carrier, base, number, parcels) for number, parcels in by_phone.items())
    if not phones:
        phones = '<p class="handset-empty muted">아직 온 문자가 없어요.<br>가게의 ‘보내는 방법’에 아래 주소와 키를 넣고 시험 보내기를 눌러 보세요.</p>'
    return (
        '<h1>받은 문자</h1><p class="muted">연습용 문자 회사예요. 진짜 휴대폰으로는 아무것도 가지 않아요.</p>'
        f'{phones}<p><a class="button quiet" href="{base}hooks">계정과 웹훅 주소 보기</a></p>'
    )


def _phone(carrier: Carrier, base: str, number: str, parcels: Sequence[Parcel]) -> str:
    said_no = {who for _, who in carrier.opt_outs}
    bubbles = "".join(_bubble(base, parcel) for parcel in reversed(parcels))
    free = next((one.unsubscribe_no for one in carrier.accounts.nhn if one.unsubscribe_no), "")
    refuse = (
        '<p class="muted small">080으로 수신거부했어요.</p>'
        if number in said_no
        else f'<form method="post" action="{base}opt_out"><input type="hidden" name="who" value="{escape(number)}">'
        f'<input type="hidden" name="number" value="{escape(free)}">'
        f'<button class="button text">{escape(_spoken(free))}에 전화해 수신거부하기</button></form>'
        if free
        else ""
    )
    return (
        f'<section class="handset" aria-label="{escape(number)}"><div class="handset-glass">'
        f'<p class="handset-from"><b>{escape(_spoken(number))}</b></p>'
        f'<ol class="bubbles">{bubbles}</ol></div>{refuse}</section>'
    )


def _bubble(base: str, parcel: Parcel) -> str:
    photos = "".join(
        f'<img src="{base}photo/{escape(name)}" alt="문자에 담긴 사진">' for name in parcel.photos
    )
    title = f"<b>{escape(parcel.subject)}</b>\n" if parcel.subject else ""
    words = re.sub(r"(https?://[^\s<]+)", r'<a href="\1">\1</a>', escape(parcel.text))
    form = "알림톡" if parcel.form == "ATA" else parcel.form
    became = (
        "가는 중"
        if not parcel.code
        else "받았어요"
        if parcel.code in _CODES_OF_SUCCESS
        else f"못 받았어요({parcel.code})"
    )
    at = datetime.fromtimestamp(parcel.at, UTC).astimezone(ZoneInfo("Asia/Seoul"))
    return (
        f'<li class="text-in"><p class="bubble">{title}{words}</p>{photos}'
        f'<p class="bubble-meta">{escape(_spoken(parcel.sender))} · {form} · {at:%H:%M:%S} · {became}</p></li>'
    )


def _hooks(carrier: Carrier, base: str) -> str:
    solapi, nhn = carrier.accounts.solapi, carrier.accounts.nhn
    keys = [("SOLAPI API Key", one.key) for one in solapi] + [
        ("SOLAPI API Secret", one.secret) for one in solapi
    ]
    for one in nhn:
        keys += [("NHN SMS 앱키", one.sms_key), ("NHN SMS Secret Key", one.sms_secret)]
        keys += [("NHN 알림톡 앱키", one.talk_key), ("NHN 알림톡 Secret Key", one.talk_secret)]
        keys += [("발신 키(senderKey)", name) for name in sorted(one.profiles)]
        keys += [("080 수신거부 번호", one.unsubscribe_no)]
    keys += [("채널 아이디(pfId)", name) for one in solapi for name in sorted(one.profiles)]
    keys += [("등록된 발신번호", number) for one in solapi for number in sorted(one.senders)]
    rows = "".join(
        f'<li><div class="line"><span class="two"><span>{escape(label)}</span><span>{escape(value)}</span></span></div></li>'
        for label, value in keys
    )
    forms = "".join(_hook_form(base, name, label, _hook(carrier, name)) for name, label in _HOOKS.items())
    return (
        f'<h1>연습용 계정</h1><p class="muted">가게의 ‘보내는 방법’에 적어 주세요. 이 연습용 회사에서만 쓸 수 있어요.</p>'
        f'<p><a class="button quiet" href="{base}">받은 문자 보기</a></p>'
        f'<ul class="list">{rows}</ul><h2 class="list-title">결과를 알릴 주소</h2>{forms}'
    )


def _hook_form(base: str, name: str, label: str, hook: Hook | None) -> str:
    hook = hook or Hook()
    return (
        f'<form class="form" method="post" action="{base}hooks"><input type="hidden" name="provider" value="{name}">'
        f'<div class="field"><label for="{name}-url">{label} 웹훅 주소</label>'
        f'<input class="input" id="{name}-url" name="url" value="{escape(hook.url)}"></div>'
        f'<div class="field"><label for="{name}-secret">비밀 값</label>'
        f'<input class="input" id="{name}-secret" name="secret" value="{escape(hook.secret)}"></div>'
        '<button class="button outline">저장하기</button></form>'
    )


def _hook(carrier: Carrier, name: str) -> Hook | None:
    if name == "solapi":
        return carrier.accounts.solapi[0].hook if carrier.accounts.solapi else None
    if not carrier.accounts.nhn:
        return None
    return carrier.accounts.nhn[0].talk_hook if name == "nhn_talk" else carrier.accounts.nhn[0].sms_hook


def _set_hook(carrier: Carrier, form: dict[str, str]) -> None:
    hook = _hook(carrier, form.get("provider", ""))
    if hook is not None:
        hook.url, hook.secret = form.get("url", "").strip(), form.get("secret", "").strip()


def _photo(carrier: Carrier, name: str) -> Answer:
    found = carrier.file(name)
    return Answer(404) if found is None else Answer(200, found, {"Content-Type": "image/jpeg"})


def _all(carrier: Carrier) -> list[Parcel]:
    """Return everything that was taken in, the newest first."""
    with carrier.lock:
        return sorted(carrier.parcels.values(), key=lambda parcel: (parcel.at, parcel.id), reverse=True)


def _html(main: str, title: str, *, refresh: bool = False) -> Answer:
    head = '<meta http-equiv="refresh" content="5">' if refresh else ""
    body = _FRAME.format(title=title, head=head, main=main).encode()
    return Answer(200, body, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})


def _back(where: str) -> Answer:
    return Answer(303, headers={"Location": where})


def _spoken(number: str) -> str:
    found = re.fullmatch(r"(02|0\d\d)(\d{3,4})(\d{4})", number)
    return "-".join(found.groups()) if found else number
