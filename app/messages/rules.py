"""The gate: may this message go out now? One pure function, asked when a message is planned, in every
preview, and again in the transaction just before the provider is called.

Law: 정보통신망법 50조 and 시행령 61–62조의3; the exact forms are 시행령 별표 6 as reported by vendors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from app.messages import mail_form
from app.messages.contract import Capabilities, Kind

_KOREA = timezone(timedelta(hours=9))  # no summer time; rules read no time zone files
# 21:00–08:00 is closed (망법 50조③); providers' queues drift, so hand-over stops ten minutes earlier.
DAY_OPENS = 8 * 60
DAY_CLOSES = 20 * 60 + 50
# Ours, not the law's: (how many ads, in how many days) per person and shop.
AD_CAPS = ((1, 3), (4, 30))

# The 광고 marker in any clothes but the exact one; disguising it is itself punishable (50조⑤).
_FALSE_LABEL = re.compile(
    r"광\s*[/.\-_·*]\s*고|[\[<{\"'“‘(]\s*[\"'“‘]?\s*(대출)?광\s*고\s*[\"'”’]?\s*[\]>}\"'”’)]"
)
# KISA practice: any of these inside an 안내 makes the whole message an ad.
_PROMOTION = re.compile(
    r"할인|쿠폰|이벤트|특가|세일|1\s*\+\s*1|증정|무료(?!수신거부)|신메뉴|혜택|적립\s*2배|두\s*배|재방문|또\s*오세요|놀러\s*오세요|\bOFF\b|\d\s*%",
    re.IGNORECASE,
)
LABEL = mail_form.LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the gate knows of the one who would get the message."""

    has_phone: bool
    name: str = ""
    age14: bool  # said to be 14 or older
    marketing: bool  # marketing use of personal data (개인정보 보호법 22조)
    ads: bool  # ads by text message (망법 50조①)
    ads_night: bool  # between 21:00 and 08:00 (망법 50조③)
    refused: bool  # this address opted out; beats every consent (망법 50조②)
    erased: bool
    # The same for e-mail: an address, confirmed by the link we sent there, agreed to, not refused, not dead.
    has_email: bool = False
    email_checked: bool = False
    email_failed: bool = False
    ads_email: bool = False
    refused_email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The shop, and what this deployment offers it."""

    shop_name: str
    contact: str
    is_demo: bool
    kind_on: bool
    public_url: str | None
    opt_out_080: str
    ads_need_080: bool
    carries_mail: bool = False  # the deployment has a mail server
    owner_name: str = ""
    address: str = ""
    email: str = ""  # the shop's own, else the one its e-mails come from
    accounts: frozenset[str] = frozenset()  # providers whose own account of the shop is on
    talks: frozenset[str] = frozenset()  # approved templates: "solapi:reward_ready"
    ways: frozenset[str] = frozenset()  # channels chosen for this kind; none: those that cost nothing

    def as_mail_shop(self) -> mail_form.Shop:
        """Return what an e-mail says about its sender."""
        return mail_form.Shop(
            name=self.shop_name,
            owner_name=self.owner_name,
            address=self.address,
            phone=self.contact,
            email=self.email,
        )


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before `until`."""

    until: datetime
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Never."""

    code: str
    reason: str


Verdict = Send | Wait | LeaveOut


def may_send(
    *,
    kind: Kind,
    channel: Capabilities,
    text: str,
    person: Person,
    sender: Sender,
    recent_ads: Sequence[datetime],
    not_after: datetime,
    now: datetime,
    subject: str = "",
    quoted: Sequence[str] = (),
) -> Verdict:
    """Answer send, wait until, or leave out, with the reason in the owner's words.

    `text` is the whole message as it would travel, `subject` an e-mail's; `recent_ads` are the moments of
    ads already given to this person (not this one); `quoted` are names inside it that are no promotion (a
    reward's). Moments are aware.
    """
    names = (sender.shop_name, person.name, *quoted)
    left_out = _before_all(kind, channel, person, sender, now, not_after) or (
        _before_travel(kind, channel, text, subject, person, sender, names)
        if channel.transmits
        else _on_the_card(kind, text, person, names)
    )
    if left_out is not None:
        return left_out
    wait = _must_wait(kind, channel, person, recent_ads, now) if channel.transmits else None
    if wait is None:
        return Send()
    if wait.until > not_after:
        return LeaveOut(wait.code, f"{wait.reason} 그때는 너무 늦어서 보내지 않았어요.")
    return wait


def _before_all(
    kind: Kind, channel: Capabilities, person: Person, sender: Sender, now: datetime, not_after: datetime
) -> LeaveOut | None:
    if person.erased:
        return LeaveOut("erased", "손님이 정보를 지우셨어요.")
    if not sender.kind_on and not kind.statutory:
        return LeaveOut("switched_off", "이 메시지를 꺼 두셨어요.")
    if now > not_after:
        return LeaveOut("too_late", "보낼 때가 지나서 보내지 않았어요.")
    # By hand the owner's own app transmits, and a demo shop's numbers belong to nobody.
    if channel.transmits and not channel.by_hand and channel.is_demo != sender.is_demo:
        if sender.is_demo:
            return LeaveOut("demo_only", "체험 가게에서는 진짜 문자를 보내지 않아요.")
        return LeaveOut("not_demo", "체험 휴대폰은 체험 가게에서만 써요.")
    return None


def _on_the_card(kind: Kind, text: str, person: Person, names: Sequence[str]) -> LeaveOut | None:
    """Nothing is transmitted, so the spam law is silent; using data for offers still needs a yes."""
    if kind.personal_offer and not person.marketing:
        return LeaveOut("no_marketing", "맞춤 혜택에 동의하지 않은 손님이에요.")
    return None if kind.is_ad else _promotion_inside(text, names)


def _before_travel(
    kind: Kind,
    channel: Capabilities,
    text: str,
    subject: str,
    person: Person,
    sender: Sender,
    names: Sequence[str],
) -> LeaveOut | None:
    by_mail = channel.address == "email"
    unreachable = _no_mail(kind, person, sender) if by_mail else _no_phone(person)
    if unreachable is not None:
        return unreachable
    if not person.age14:
        return LeaveOut("age", "만 14세 이상인지 확인하지 못한 손님이에요.")
    if sender.public_url is None and not sender.is_demo:
        return LeaveOut("no_public_url", "수신거부 링크가 열릴 인터넷 주소(PUBLIC_URL)가 아직 없어요.")
    if not kind.is_ad:
        return _promotion_inside(text, names)
    if person.refused_email if by_mail else person.refused:
        return LeaveOut("refused", "수신거부한 손님이에요.")
    if not (person.ads_email if channel.consent == "ads_email" else person.ads):
        return LeaveOut("no_consent", f"광고 {'이메일' if by_mail else '문자'}에 동의하지 않은 손님이에요.")
    if kind.personal_offer and not person.marketing:
        return LeaveOut("no_marketing", "맞춤 혜택에 동의하지 않은 손님이에요.")
    if by_mail:
        return _mail_form_fault(subject, text, sender)
    if sender.ads_need_080 and not sender.opt_out_080 and not sender.is_demo:
        return LeaveOut("no_080", "무료 수신거부 번호(080)를 아직 등록하지 않았어요.")
    return ad_form_fault(text, sender.shop_name, sender.contact)


def _no_phone(person: Person) -> LeaveOut | None:
    return None if person.has_phone else LeaveOut("no_phone", "전화번호가 없는 손님이에요.")


def _no_mail(kind: Kind, person: Person, sender: Sender) -> LeaveOut | None:
    if not sender.carries_mail:
        return LeaveOut("no_smtp", "이메일을 보낼 곳(SMTP_URL)을 아직 정하지 않았어요.")
    if not person.has_email:
        return LeaveOut("no_email", "이메일 주소가 없는 손님이에요.")
    if person.email_failed:
        return LeaveOut("dead_email", "메일이 되돌아온 이메일 주소예요. 손님께 주소를 여쭤 봐 주세요.")
    if not person.email_checked and not kind.proves_address:
        return LeaveOut("email_unchecked", "손님이 이메일 주소를 아직 확인하지 않으셨어요.")
    return None


def _promotion_inside(text: str, names: Sequence[str]) -> LeaveOut | None:
    # A shop may be called 쿠폰나라 and a customer 이벤트: a name is no promotion.
    for name in filter(None, names):
        text = text.replace(name, "")
    word = promotion_word(text)
    if word is None:
        return None
    return LeaveOut("promotion_inside", f"안내 글에 홍보하는 말(‘{word}’)이 들어 있어요.")


def _must_wait(
    kind: Kind, channel: Capabilities, person: Person, recent_ads: Sequence[datetime], now: datetime
) -> Wait | None:
    asleep = not channel.hours_exempt and not kind.any_hour and not (kind.is_ad and person.ads_night)
    opens = next_daytime(now)
    night = (
        Wait(opens, "night", "밤(저녁 8시 50분~아침 8시)이라 아침에 보내요.")
        if asleep and opens > now
        else None
    )
    if not kind.is_ad:
        return night
    free = cap_frees_at(recent_ads, now)
    if free > now:
        free = next_daytime(free) if asleep else free
        return Wait(free, "cap", "이 손님께 요즘 보낸 광고가 있어서 쉬어 가요.")
    return night


def next_daytime(moment: datetime) -> datetime:
    """Return the moment itself by day (08:00–20:50 in Korea), else the next 08:00."""
    local = moment.astimezone(_KOREA)
    minute = local.hour * 60 + local.minute
    if DAY_OPENS <= minute < DAY_CLOSES:
        return moment
    morning = local.replace(hour=8, minute=0, second=0, microsecond=0)
    if minute >= DAY_CLOSES:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


def cap_frees_at(recent_ads: Sequence[datetime], now: datetime) -> datetime:
    """Return when the next ad to a person is within the caps; `now` when it already is."""
    free = now
    for most, days in AD_CAPS:
        span = timedelta(days=days)
        within = sorted(at for at in recent_ads if at > now - span)
        if len(within) >= most:
            free = max(free, within[-most] + span)
    return free


def promotion_word(text: str) -> str | None:
    """Return the first promotional word in a text that must have none, or None."""
    found = _PROMOTION.search(text)
    return found.group(0) if found else None


def false_label(text: str) -> bool:
    """Tell whether a text carries a 광고 marker of its own; only we write the exact one."""
    return LABEL in text or bool(_FALSE_LABEL.search(text))


def ad_text(*, shop_name: str, body: str, contact: str, opt_out: str) -> str:
    """Return an ad in the form of 별표 6: (광고) and the name first, contact, the free opt-out last."""
    return f"{LABEL}{shop_name}\n\n{body.strip()}\n\n문의 {contact}\n무료수신거부 {opt_out}"


def service_text(*, shop_name: str, body: str, contact: str) -> str:
    """Return an 안내: the sender's name in front, the contact at the end when there is one."""
    return f"[{shop_name}] {body.strip()}" + (f"\n문의 {contact}" if contact else "")


def _mail_form_fault(subject: str, text: str, sender: Sender) -> LeaveOut | None:
    """The form of an ad by e-mail: another than a text message's."""
    shop = sender.as_mail_shop()
    if unsaid := mail_form.missing(shop):
        return LeaveOut("no_contact", f"광고 이메일에 적을 것이 없어요({unsaid}). 더보기에서 적어 주세요.")
    if fault := mail_form.form_fault(subject, text, shop):
        return LeaveOut("form", fault)
    if false_label(subject.removeprefix(LABEL)) or false_label(text):
        return LeaveOut("form", "(광고) 표시는 맨 앞에 한 번만 써요.")
    return None


def ad_form_fault(text: str, shop_name: str, contact: str) -> LeaveOut | None:
    """Return what is wrong with an ad's form, or None when it is exactly as asked."""
    lines = text.split("\n")
    if not shop_name or lines[0] != f"{LABEL}{shop_name}":
        return LeaveOut("form", "광고 글은 (광고)와 가게 이름으로 시작해야 해요.")
    if false_label("\n".join([lines[0].removeprefix(LABEL), *lines[1:]])):
        return LeaveOut("form", "(광고) 표시는 맨 앞에 한 번만 써요.")
    if not contact or f"문의 {contact}" not in lines[1:-1]:
        return LeaveOut("no_contact", "가게 연락처가 없어서 보낼 수 없어요. 더보기에서 연락처를 적어 주세요.")
    if not re.fullmatch(r"무료수신거부 (https?://\S+|080-?\d{3,4}-?\d{4})", lines[-1]):
        return LeaveOut("form", "광고 글은 무료수신거부로 끝나야 해요.")
    return None
