"""What a message must say and must not say, whoever gets it: the form of an ad, and what makes a notice one. Pure.

Law: 정보통신망법 50조④⑥ and 시행령 별표 6 as reported by vendors; what makes a notice an ad is KISA's practice.
"""

from __future__ import annotations

import re
import unicodedata

from app.messages import mail_form

LABEL = mail_form.LABEL
# The 광고 marker in any clothes but the exact one; disguising it is itself punishable (50조⑤).
_FALSE_LABEL = re.compile(
    r"광\s*[/.\-_·*]\s*고|[\[<{\"'“‘(]\s*[\"'“‘]?\s*(대출)?광\s*고\s*[\"'”’]?\s*[\]>}\"'”’)]"
)
_OPT_OUT = re.compile(r"무료\s*(수신\s*거부|거부)")
# KISA practice: any of these inside an 안내 makes the whole message an ad.
_PROMOTION = re.compile(
    r"할인|쿠폰|이벤트|특가|세일|1\s*\+\s*1|증정|무료(?!수신거부)|신메뉴|혜택|적립\s*2배|두\s*배|재방문|또\s*오세요|놀러\s*오세요|\bOFF\b|\d[\d.,]*\s*%",
    re.IGNORECASE,
)


def promotion_word(text: str) -> str | None:
    """Return the first promotional word in a text that must have none, or None."""
    found = _PROMOTION.search(_as_read(text))
    return found.group(0) if found else None


def false_label(text: str) -> bool:
    """Tell whether a text carries a 광고 marker of its own; only we write the exact one."""
    read = _as_read(text)
    return LABEL in read or bool(_FALSE_LABEL.search(read))


def own_opt_out(text: str) -> bool:
    """Tell whether a text names a way to refuse of its own: two of them leave open which one works (50조⑤⑥)."""
    return bool(_OPT_OUT.search(_as_read(text)))


def _as_read(text: str) -> str:
    """Return a text as its reader sees it: wide letters (５０％, （광고）), taken-apart ones (macOS), nothing invisible."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def ad_text(*, shop_name: str, body: str, contact: str, opt_out: str) -> str:
    """Return an ad in the form of 별표 6: (광고) and the name first, contact, the free opt-out last."""
    return f"{LABEL}{shop_name}\n\n{body.strip()}\n\n문의 {contact}\n무료수신거부 {opt_out}"


def service_text(*, shop_name: str, body: str, contact: str) -> str:
    """Return an 안내: the sender's name in front, the contact at the end when there is one."""
    return f"[{shop_name}] {body.strip()}" + (f"\n문의 {contact}" if contact else "")


def ad_form_fault(text: str, shop_name: str, contact: str) -> tuple[str, str] | None:
    """Return what is wrong with the form of an ad's text as (code, sentence), or None when it is exactly as asked."""
    lines = text.split("\n")
    if not shop_name or lines[0] != f"{LABEL}{shop_name}":
        return ("form", "광고 글은 (광고)와 가게 이름으로 시작해야 해요.")
    if false_label("\n".join([lines[0].removeprefix(LABEL), *lines[1:]])):
        return ("form", "(광고) 표시는 맨 앞에 한 번만 써요.")
    if not contact or f"문의 {contact}" not in lines[1:-1]:
        return ("no_contact", "가게 연락처가 없어서 보낼 수 없어요. 더보기에서 연락처를 적어 주세요.")
    if not re.fullmatch(r"무료수신거부 (https?://\S+|080-?\d{3,4}-?\d{4})", lines[-1]):
        return ("form", "광고 글은 무료수신거부로 끝나야 해요.")
    if own_opt_out("\n".join(lines[:-1])):
        return ("form", "광고 글에는 무료수신거부가 맨 끝에 한 번만 있어야 해요.")
    return None


def ad_mail_fault(subject: str, text: str, shop: mail_form.Shop) -> tuple[str, str] | None:
    """Return the same for an ad by e-mail, whose form is another than a text message's."""
    if unsaid := mail_form.missing(shop):
        return ("no_contact", f"광고 이메일에 적을 것이 없어요({unsaid}). 더보기에서 적어 주세요.")
    if fault := mail_form.form_fault(subject, text, shop):
        return ("form", fault)
    if false_label(subject.removeprefix(LABEL)) or false_label(text):
        return ("form", "(광고) 표시는 맨 앞에 한 번만 써요.")
    return None
