"""What a kind of message and a channel must offer. One new file each; the registry finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Protocol

Facts = Mapping[str, Any]

# The channel on which everything lies, whatever else carries it.
CARD = "card"
SOLAPI_URL = "https://api.solapi.com"
NHN_SMS_URL = "https://sms.api.nhncloudservice.com"
NHN_TALK_URL = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
# The one on which a person sends what nothing else carries.
BY_HAND = "own_phone"
# The ways a message may travel, the preferred one first: what costs neither money nor a tap of the owner's
# stands before what does, and of two that cost money the cheaper. A new channel is named here, and nowhere else.
AD_WAYS = ("demo_phone", "web_push", "email", "solapi", "nhn", "own_phone", CARD)
NOTICE_WAYS = (
    "demo_phone", "web_push", "email", "solapi_talk", "nhn_talk", "solapi", "nhn", "own_phone", CARD,
)  # fmt: skip
# Without a person in between: nobody taps for a notice that the law asks for. One on the lock screen is wiped
# away unread more easily than a mail or a text, so it carries them only for who has neither.
_LAST = ("web_push", CARD)
AUTOMATIC_NOTICE_WAYS = (*(way for way in NOTICE_WAYS if way not in (BY_HAND, *_LAST)), *_LAST)
# How the owner's list is divided, in its order: what a kind follows from.
GROUPS: Mapping[str, str] = {
    "visit": "다녀가신 뒤",
    "day": "특별한 날",
    "quiet": "뜸해지면",
    "worth": "쿠폰과 포인트",
    "other": "그 밖에",
}
# What can't be switched off stands last, whatever it follows from.
ALWAYS_ON = "늘 켜져 있는 안내"


def unchanged(facts: Facts) -> Facts:
    """Return the facts as they are: nothing in the message has to be kept from the shop's pages."""
    return facts


def no_words(facts: Facts) -> str:
    """Say nothing: the message is worded by the shop's own text for its kind."""
    return ""


def always(facts: Facts) -> bool:
    """Say yes: nothing that can happen after planning makes the message unwanted."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of message. Its class (안내 or 광고) belongs to the kind, never to a single send."""

    key: str
    label: str  # what the owner calls it: "감사 인사"
    is_ad: bool
    text: str  # the default words, with placeholders
    placeholders: Mapping[str, str]  # name → what an example of it looks like
    other_texts: Mapping[str, str] = field(default_factory=dict)  # label → words the owner may take instead
    channels: tuple[str, ...]  # allowed, the preferred transmitting one first
    words: Callable[
        [Facts], Mapping[str, str | None]
    ]  # facts → the placeholders' values ({이름}, {가게} come by themselves); None leaves its sentence out
    life: timedelta  # after the due time plus this it is stale and never goes out
    delay_minutes: int = 0  # due this long after its cause, unless the shop changed it
    group: str = "other"  # one of GROUPS
    # False: nothing in the product brings it about yet, so the owner is shown no switch that does nothing.
    is_caused: bool = True
    sentence: str = ""  # the automation as one sentence; {때} is the delay in words
    note: str = ""  # to whom and when exactly, where the sentence leaves that open
    rests_while_rewarded: str = ""  # what the owner reads while reviews are rewarded and none of it goes out
    statutory: bool = False  # asked for by law: can't be switched off or reworded
    must_reach: bool = False  # and has to be told by a day (망법 50조⑦⑧): lying on the card is not enough
    always_on: str = "법이 정한 안내라 늘 켜져 있어요"  # what the owner reads of a statutory one
    proves_address: bool = (
        False  # goes to an e-mail address nobody has confirmed yet, to ask whether it is theirs
    )
    # Goes to the number somebody has just typed (facts: `to`), perhaps on a card that has none; who asks for
    # it by that tap needs no other consent.
    to_typed_number: bool = False
    may_lack: tuple[str, ...] = ()  # placeholders that not everybody has: their sentence is then left out
    quoted: tuple[str, ...] = ()  # placeholders that only repeat a name we gave (of a reward): no promotion
    any_hour: bool = False  # an answer people wait for; other 안내 keep to the daytime
    personal_offer: bool = False  # needs the marketing consent even on the card
    once_a_day: bool = False  # at most one per customer and Korean day
    default_on: bool = True
    to_one: bool = (
        False  # what the shop writes or does for one person: no automation, nothing to switch or word
    )
    still_wanted: Callable[[Facts], bool] = always  # asked again just before sending
    as_kept: Callable[[Facts], Facts] = unchanged  # the facts of the text that is kept: no secret in it
    # One cause for many people, worded by the cause itself and no automation: 단체 문자.
    to_many: bool = False
    own_words: Callable[[Facts], str] = no_words  # words that come with the facts, placeholders unfilled
    # Where the message leads, inside our own pages ("/r/<token>"): a text carries the whole address, the
    # card a button with these words. None, and "" from it = it leads nowhere.
    path: Callable[[Facts], str] | None = None
    button: str = ""
    # Why AlimTalk may carry it, as its last line says it to the reader; "" = it may not (an ad never may).
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do."""

    transmits: bool  # False: the customer comes and reads; the spam law speaks of sending
    max_batch: int = 1  # messages in one call
    can_find: bool = False  # can look a message up by our own key, and "absent" is authoritative
    by_hand: bool = False  # a person sends it; the worker only prepares
    is_demo: bool = False  # only in demo shops, and the only transmitting one there
    hours_exempt: bool = False  # e-mail (망법 시행령 61조②)
    address: str = "phone"  # which address of a person it needs: phone | email | push
    won: int = 0  # what one message costs; 0 = nothing, or the account's own prices say it
    account: str = ""  # the provider whose account the shop brings itself ("solapi"); "" = none is needed
    takes_photo: bool = False  # carries a picture beside the words
    is_template: bool = False  # carries approved templates only (AlimTalk): never an ad
    # Which consent an ad on it needs (망법 50조①: each channel its own): ads | ads_email | ads_push.
    consent: str = "ads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A shop's own account with a provider, its keys readable for as long as one call takes."""

    shop_id: int
    provider: str
    sender: str = ""  # the registered 발신번호, digits only
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)  # nothing secret: profile, 080 number, prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What Kakao approved for a kind: only this text, with its variables filled, may travel (AlimTalk)."""

    code: str
    variables: Mapping[str, str]
    button: str = ""  # the words of its one web link, or ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A browser of a person that lets the shop push to it (RFC 8030), as it told us."""

    id: int
    endpoint: str = field(repr=False)  # whoever knows it and our key may ring that phone
    p256dh: str = field(repr=False)  # base64url: its public key
    auth: str = field(repr=False)  # base64url: its shared secret


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as a channel gets it."""

    key: str  # our own key, the same in every attempt
    to: str  # E.164 or an e-mail address, or "" where the channel needs none
    text: str
    at: datetime
    subject: str = ""  # an e-mail's; the title of a long text message
    shop_name: str = ""  # e-mail only, as the two below
    reply_to: str = ""  # the shop's own address, or ""
    opt_out: str = ""  # the free opt-out link of an ad
    is_ad: bool = False
    photo: bytes = field(default=b"", repr=False)  # JPEG; b"" = none
    template: Template | None = None
    account: Account | None = field(default=None, repr=False)  # where the channel needs the shop's own
    targets: tuple[Target, ...] = ()  # a push only, as the two below
    link: str = ""  # the whole address of the page it opens
    lasts_s: int = 0  # after so many seconds nobody may ring with it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A message whose fate a provider is asked for."""

    key: str  # ours, as in its Letter
    to: str  # "" when the person has another address by now: then the key alone must find it
    at: datetime  # when its first attempt began
    account: Account | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it."""

    provider_id: str = ""
    gone: tuple[int, ...] = ()  # targets that are no more


@dataclass(frozen=True, slots=True)
class Rejected:
    """It surely did not go out. `permanent`: trying again can't help. `retry_after_s`: asked to wait.

    `transport`: nobody was reached at all; five in a row open the circuit. `dead_address`: the provider says
    that this address does not exist; it is not tried again. `is_try`: False when we were turned away before
    it came to this message (our own login), so that however often it happens, the message is not given up; on
    a shop's own account it then rests until its owner saw to it. `account`: why, in the owner's words.
    `gone`: targets that are no more.
    """

    detail: str
    permanent: bool = False
    retry_after_s: float | None = None
    transport: bool = False
    dead_address: bool = False
    is_try: bool = True
    account: str = ""
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have gone out."""

    detail: str


Outcome = Accepted | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """The provider knows our key. `report`: what became of it, where that is known there already."""

    provider_id: str = ""
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider says with authority that our key never arrived. `report`: it was let in, and then turned away."""

    report: Report | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The provider could not be asked just now."""


Lookup = Found | Absent | NoAnswer


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report: forward only, unique by `event_id`.

    `dead_address`: nobody has that number (결번). `opted_out`: no report but a refusal that the provider took
    in, of this number (E.164), whatever message it was. `raw`: its own part of the body.
    """

    event_id: str
    key: str
    delivered: bool
    detail: str = ""
    dead_address: bool = False
    opted_out: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a deployment gives the senders. Built once by the composition root from the settings."""

    public_url: str | None = None  # where customers reach us; without it no real channel may send
    base_url: str = ""  # public_url, or this machine's own address: good enough for a demo
    ads_need_080: bool = False  # demand a registered 080 number instead of the free web link
    demo_phone_url: str = ""
    demo_phone_secret: str = field(default="", repr=False)
    ca_file: str | None = None  # the local authority of our own https address, for the demo carrier
    smtp_url: str = field(default="", repr=False)  # "" = this deployment sends no e-mail
    mail_from: str = ""  # the address e-mails come from
    solapi_url: str = SOLAPI_URL  # another one only for tests and the provider on the bench
    nhn_sms_url: str = NHN_SMS_URL
    nhn_talk_url: str = NHN_TALK_URL
    push_key: str = field(default="", repr=False)  # the private key of web push (PEM); "" = none is sent
    push_public: str = ""  # its public point, base64url: what browsers are asked with
    push_origin: str = ""  # a push service on this machine; only tests name one

    @property
    def carries_mail(self) -> bool:
        """Tell whether e-mails can be sent at all."""
        return bool(self.smtp_url and self.mail_from)

    @property
    def carries_push(self) -> bool:
        """Tell whether a browser can be asked and reached at all."""
        return bool(self.push_key and self.push_public)

    def calls_itself(self, provider: str) -> bool:
        """Tell whether calls to a provider go to the company itself, not to one on the bench."""
        mine = [each for each in fields(self) if each.name.startswith(f"{provider}_")]
        return all(getattr(self, each.name) == each.default for each in mine)


class Channel(Protocol):
    """A way a message travels. A module with these names is a channel."""

    KEY: str
    LABEL: str  # the owner's word: "카드 편지함"
    CAPABILITIES: Capabilities

    def send(self, batch: Sequence[Letter], wire: Wire, latest_start: float | None) -> list[Outcome]:
        """Hand the letters over, one outcome each and in order. Never raises for a provider's fault."""

    def find(self, asked: Sequence[Asked], wire: Wire) -> list[Lookup]:
        """Ask the provider for messages by our own keys, one answer each and in order."""

    def parse_report(
        self, headers: Mapping[str, str], body: bytes, account: Account | None = None
    ) -> list[Report]:
        """Read a delivery report. Raises ValueError when it isn't one of this provider's, or not authentic."""
