"""The gate: may this message go out now? One pure function, asked when a message is planned, in every
preview, and again in the transaction just before the provider is called.

Law: 정보통신망법 50조 and 시행령 61–62조의3; the exact forms are 시행령 별표 6 as reported by vendors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from app.messages import forms, mail_form, push_form
from app.messages.contract import Capabilities, Kind

_KOREA = timezone(timedelta(hours=9))  # no summer time; rules read no time zone files
# 21:00–08:00 is closed (망법 50조③); providers' queues drift, so hand-over stops ten minutes earlier.
DAY_OPENS = 8 * 60
DAY_CLOSES = 20 * 60 + 50
# Ours, not the law's: (how many ads, in how many days) per person and shop.
AD_CAPS = ((1, 3), (4, 30))


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
    phone_failed: bool = False  # the carrier says that nobody has this number
    has_push: bool = False  # a browser that holds their card lets us push to it
    ads_push: bool = False


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
    carries_push: bool = False  # and a key pair for web push
    owner_name: str = ""
    address: str = ""
    email: str = ""  # the shop's own, else the one its e-mails come from
    accounts: frozenset[str] = frozenset()  # providers whose own account of the shop is on
    talks: frozenset[str] = frozenset()  # approved templates: "solapi:reward_ready"
    ways: frozenset[str] = frozenset()  # channels chosen for this kind; none: those that cost nothing

    def way_to_refuse(self, link: str) -> str:
        """Return what an ad by text ends with: the shop's 080 number where a link may not stand for it, else the link."""
        return self.opt_out_080 if self.ads_need_080 and self.opt_out_080 else link

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
    by_mail, by_push = channel.address == "email", channel.address == "push"
    if by_push:
        unreachable = _no_push(person, sender)
    else:
        unreachable = _no_mail(kind, person, sender) if by_mail else _no_phone(person)
    if unreachable is not None:
        return unreachable
    if not person.age14:
        return LeaveOut("age", "만 14세 이상인지 확인하지 못한 손님이에요.")
    if sender.public_url is None and not sender.is_demo:
        return LeaveOut("no_public_url", "수신거부 링크가 열릴 인터넷 주소(PUBLIC_URL)가 아직 없어요.")
    if not kind.is_ad:
        return _promotion_inside(text, names)
    if channel.is_template:
        return LeaveOut("template", "광고는 알림톡으로 보낼 수 없어요.")
    # A browser has no address that somebody else could have: refusing takes the consent itself back.
    if not by_push and (person.refused_email if by_mail else person.refused):
        return LeaveOut("refused", "수신거부한 손님이에요.")
    agreed = {"ads": person.ads, "ads_email": person.ads_email, "ads_push": person.ads_push}
    if not agreed[channel.consent]:
        what = "이메일" if by_mail else "알림" if by_push else "문자"
        return LeaveOut("no_consent", f"광고 {what}에 동의하지 않은 손님이에요.")
    if kind.personal_offer and not person.marketing:
        return LeaveOut("no_marketing", "맞춤 혜택에 동의하지 않은 손님이에요.")
    if by_mail:
        return _form(forms.ad_mail_fault(subject, text, sender.as_mail_shop()))
    if by_push:
        return _form(push_form.ad_fault(subject, text, sender.shop_name, sender.contact))
    if sender.ads_need_080 and not sender.opt_out_080 and not sender.is_demo:
        return LeaveOut("no_080", "무료 수신거부 번호(080)를 아직 등록하지 않았어요.")
    if not text.endswith(sender.way_to_refuse("")):
        return LeaveOut("form", "광고 글은 무료 수신거부 번호(080)로 끝나야 해요.")
    return _form(forms.ad_form_fault(text, sender.shop_name, sender.contact))


def _form(fault: tuple[str, str] | None) -> LeaveOut | None:
    return LeaveOut(*fault) if fault else None


def _no_phone(person: Person) -> LeaveOut | None:
    if not person.has_phone:
        return LeaveOut("no_phone", "전화번호가 없는 손님이에요.")
    if person.phone_failed:
        return LeaveOut("dead_phone", "없는 번호라고 해요. 손님께 번호를 여쭤 봐 주세요.")
    return None


def _no_push(person: Person, sender: Sender) -> LeaveOut | None:
    if not sender.carries_push:
        return LeaveOut("no_push_key", "휴대폰 알림을 보낼 열쇠가 없어요.")
    return None if person.has_push else LeaveOut("no_push", "휴대폰 알림을 켜지 않은 손님이에요.")


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
    # A shop may be called 쿠폰나라 and a customer 이벤트: a name is no promotion. Any other name stays in its
    # place, so that none hides half a word.
    for name in filter(forms.promotion_word, names):
        text = text.replace(name, "□")
    word = forms.promotion_word(text)
    if word is None:
        return None
    return LeaveOut("promotion_inside", f"안내 글에 홍보하는 말(‘{word}’)이 들어 있어요.")


def _must_wait(
    kind: Kind, channel: Capabilities, person: Person, recent_ads: Sequence[datetime], now: datetime
) -> Wait | None:
    # An ad at night stands on the consent to it alone (망법 50조③); who waits for an 안내 gets it at any hour.
    # Its words speak of text messages: a push by night stands on nothing.
    by_night = person.ads_night and channel.address == "phone"
    asleep = not channel.hours_exempt and not (by_night if kind.is_ad else kind.any_hour)
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


def rings_until(*, is_ad: bool, not_after: datetime, now: datetime) -> datetime:
    """Return until when a push may still ring on a phone that was off: an ad by 20:50 of its day (망법 50조③)."""
    if not is_ad:
        return not_after
    local = now.astimezone(_KOREA)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(not_after, (midnight + timedelta(minutes=DAY_CLOSES)).astimezone(UTC))


def cap_frees_at(recent_ads: Sequence[datetime], now: datetime) -> datetime:
    """Return when the next ad to a person is within the caps; `now` when it already is."""
    free = now
    for most, days in AD_CAPS:
        span = timedelta(days=days)
        within = sorted(at for at in recent_ads if at > now - span)
        if len(within) >= most:
            free = max(free, within[-most] + span)
    return free
