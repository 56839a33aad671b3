"""How a push looks: its title, its words, and whether an ad has the form the law asks for. Pure.

An ad on the lock screen: `(광고)` and the shop's name first, whom to ask, and at the end how to refuse for free
(망법 50조④, 시행령 별표 6 as reported: another easy way may stand in place of a number).
"""

from __future__ import annotations

from app.messages import forms, mail_form

LABEL = mail_form.LABEL
REFUSE = "수신거부"
# An iPhone shows no buttons under a notification: the second way is open on every phone.
END = "무료수신거부 알림의 ‘수신거부’ 또는 카드의 ‘내 정보’"


def title(*, is_ad: bool, shop_name: str) -> str:
    """Return "(광고) 달빛커피", or the name alone for an 안내."""
    name = mail_form.one_line(shop_name)
    return f"{LABEL} {name}" if is_ad else name


def ad_body(*, body: str, contact: str) -> str:
    """Return an ad's words, whom to ask, and the free way to refuse last."""
    return f"{body.strip()}\n문의 {contact}\n{END}"


def ad_fault(title_line: str, text: str, shop_name: str, contact: str) -> tuple[str, str] | None:
    """Return what is wrong with an ad's form as (code, sentence), or None when it is exactly as asked."""
    name = mail_form.one_line(shop_name)
    if not name or title_line != f"{LABEL} {name}":
        return ("form", "광고 알림의 제목은 (광고)와 가게 이름이어야 해요.")
    if forms.false_label(name) or forms.false_label(text):
        return ("form", "(광고) 표시는 맨 앞에 한 번만 써요.")
    lines = text.split("\n")
    if not contact or f"문의 {contact}" not in lines[1:-1]:
        return ("no_contact", "가게 연락처가 없어서 보낼 수 없어요. 더보기에서 연락처를 적어 주세요.")
    if lines[-1] != END:
        return ("form", "광고 알림은 무료수신거부로 끝나야 해요.")
    if forms.own_opt_out("\n".join(lines[:-1])):
        return ("form", "광고 글에는 무료수신거부가 맨 끝에 한 번만 있어야 해요.")
    return None
