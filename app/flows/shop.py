"""The shop itself: first set-up, card rule, hours, contact, the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from app.cards import extras, promises
from app.cards.actions import ledger
from app.flows import audit
from app.flows.staff import LOGIN_TAKEN
from app.flows.unit import write
from app.kit.passwords import hash_password, password_matches
from app.kit.refusals import Invalid, NotHere
from app.messages import recall
from app.reviews.bought_rules import bought_words
from app.shops import actions as shops
from app.shops import rules, signins
from app.shops.rules import LinkGone, PlainHttp, TooManyTries

TEXT_SIZES = ("normal", "large", "xlarge")
_WRONG_PRESENT = "지금 비밀번호가 맞지 않아요. 다시 적어 주세요."


@dataclass(frozen=True)
class FirstShop:
    """The five answers of the first set-up, as typed."""

    name: str
    goal: str
    reward_name: str
    phone: str
    opens: str
    closes: str
    owner_name: str
    login: str
    password: str


def set_up(
    *, token: str, answers: FirstShop, user_agent: str, ip: str, is_secure: bool, now: datetime
) -> str:
    """Open this installation's first shop; returns its owner's session token.

    The one-time code on the console is used up only when everything is right (S30: nobody else can
    take the installation over). Raises Invalid, LinkGone, and PlainHttp over plain http.
    """
    if not is_secure:
        raise PlainHttp
    profile = rules.clean_profile(name=answers.name, owner_name=answers.owner_name, address="", story="")
    goal, reward_name = rules.clean_card_rule(goal=answers.goal, reward_name=answers.reward_name)
    phone = rules.clean_contact(answers.phone)
    opens_at, closes_at = rules.clean_hours(opens=answers.opens, closes=answers.closes)
    try:
        name, login, password = rules.clean_account(
            name=answers.owner_name, login=answers.login, password=answers.password
        )
    except Invalid as wrong:
        # Here "name" is the shop's: the sentence belongs beside the owner's own name.
        raise Invalid({"owner_name" if k == "name" else k: v for k, v in wrong.fields.items()}) from None
    password_hash = hash_password(password)
    with write() as session:
        if shops.use_link(session, kind="setup", token=token, now=now) is None or shops.shop_count(session):
            raise LinkGone
        shop = shops.add_shop(
            session,
            name=profile.name,
            now=now,
            owner_name=name,
            phone=phone,
            open_minute=opens_at,
            close_minute=closes_at,
        )
        ledger.add_rule(session, shop_id=shop.id, goal=goal, reward_name=reward_name, now=now)
        owner = shops.add_staff(
            session,
            shop_id=shop.id,
            name=name,
            role="owner",
            login=login,
            password_hash=password_hash,
            now=now,
        )
        opened = shops.open_session(
            session,
            person=owner,
            user_agent=user_agent,
            ip=ip,
            is_secure=is_secure,
            days=rules.SESSION_DAYS,
            sudo_until=now + rules.SUDO_FOR,  # the password was typed in this very form
            now=now,
        )
        audit.note(session, shop_id=shop.id, what="shop_opened", staff_id=owner.id, now=now)
        return opened


def save_profile(
    *,
    shop_id: int,
    staff_id: int,
    name: str,
    owner_name: str,
    address: str,
    story: str,
    mark: str,
    now: datetime,
) -> None:
    """Save what the shop tells about itself; an empty mark means its first syllable. Raises Invalid."""
    profile = rules.clean_profile(name=name, owner_name=owner_name, address=address, story=story)
    if (fault := bought_words(profile.story)) is not None:
        raise Invalid({"story": fault})
    mark = mark.strip()
    if len(mark) > 1:
        raise Invalid({"mark": "도장에는 한 글자만 들어가요."})
    with write() as session:
        shop = shops.shop(session, shop_id=shop_id)
        shop.name, shop.owner_name = profile.name, profile.owner_name
        shop.address, shop.story = profile.address, profile.story
        shop.mark = mark or rules.first_syllable(profile.name)
        if session.is_modified(shop):
            recall.unstage_all(session, shop_id=shop_id)  # their texts begin with the name
            audit.note(session, shop_id=shop_id, what="profile", staff_id=staff_id, now=now)


def save_card_rule(
    *, shop_id: int, staff_id: int, goal: str, reward_name: str, now: datetime, **more: str
) -> None:
    """Begin a new rule for cards issued from now on; cards already out keep theirs until they are full.

    `more`: the other fields of promises.typed_of(); what is not said stays as it is. Raises Invalid.
    """
    with write() as session:
        present = ledger.current_rule(session, shop_id=shop_id)
        before = extras.as_promised(present)
        rule = promises.clean_rule(
            promises.typed_of(before) | more | {"goal": goal, "reward_name": reward_name}
        )
        if rule == before:
            return
        limits = ("hard_window_s", "cooldown_s", "daily_cap", "scan_cap")
        kept = {name: getattr(present, name) for name in limits}
        ledger.add_rule(session, shop_id=shop_id, now=now, **kept, **rule.columns())
        shops.set_use(session, shop_id=shop_id, what="points", is_on=promises.gives_points(rule))
        detail = f"{before.goal}>{rule.goal}"
        audit.note(session, shop_id=shop_id, what="card_rule", staff_id=staff_id, detail=detail, now=now)


def save_hours(*, shop_id: int, staff_id: int, opens: str, closes: str, now: datetime) -> None:
    """Save opening hours ("HH:MM"); claims wait until closing. Raises Invalid."""
    opens_at, closes_at = rules.clean_hours(opens=opens, closes=closes)
    with write() as session:
        shop = shops.shop(session, shop_id=shop_id)
        shop.open_minute, shop.close_minute = opens_at, closes_at
        if session.is_modified(shop):
            audit.note(session, shop_id=shop_id, what="hours", staff_id=staff_id, now=now)


def save_contact(
    *, shop_id: int, staff_id: int, phone: str, opt_out_080: str = "", email: str = "", now: datetime
) -> None:
    """Save the number that every message carries, the shop's 080 number and its e-mail address, if it has them.

    Raises Invalid.
    """
    phone, opt_out_080 = rules.clean_contact(phone), rules.clean_080(opt_out_080)
    email = rules.clean_reply_address(email)
    with write() as session:
        shop = shops.shop(session, shop_id=shop_id)
        shop.phone, shop.opt_out_080, shop.email = phone, opt_out_080, email
        if session.is_modified(shop):
            recall.unstage_all(session, shop_id=shop_id)  # their texts name the number
            audit.note(session, shop_id=shop_id, what="contact", staff_id=staff_id, now=now)


def set_password(
    *,
    shop_id: int,
    staff_id: int,
    login: str,
    password: str,
    now: datetime,
    present: str = "",
    session_id: int | None = None,
) -> None:
    """Give a person a login and a password of their own, and sign their other browsers out.

    Who has a password types it (`present`): a phone left open on the counter must not lock its owner out.
    `session_id`: the browser this is done on. Right after the owner's link was used on it the present
    password is not asked for, because that link is the way back for who forgot it.
    Raises Invalid, NotHere, TooManyTries.
    """
    _name, login, password = rules.clean_account(name="이름", login=login, password=password)
    stored = _ask_present(shop_id=shop_id, staff_id=staff_id, session_id=session_id, present=present, now=now)
    password_hash = hash_password(password)
    try:
        with write() as session:
            person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
            if person is None:
                raise NotHere
            if person.password_hash != stored:  # changed elsewhere since it was asked for
                raise Invalid({"present": _WRONG_PRESENT})
            person.login, person.password_hash = login, password_hash
            shops.forget_tries(session, key=_tries_key(staff_id))
            shops.end_sessions(session, shop_id=shop_id, staff_id=staff_id, but=session_id, now=now)
            audit.note(
                session,
                shop_id=shop_id,
                what="password_set",
                staff_id=staff_id,
                subject=f"staff:{staff_id}",
                now=now,
            )
    except IntegrityError:
        raise Invalid({"login": LOGIN_TAKEN}) from None


def _tries_key(staff_id: int) -> str:
    return f"password:{staff_id}"


def _ask_present(
    *, shop_id: int, staff_id: int, session_id: int | None, present: str, now: datetime
) -> str | None:
    """Return the stored hash once the present password was proved, or needs no proof.

    Counted like a sign-in, before the password is looked at (S19).
    """
    key = _tries_key(staff_id)
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        stored = person.password_hash
        if not signins.must_prove_password(
            shop_id=shop_id, staff_id=staff_id, session_id=session_id, now=now
        ):
            return stored
        shops.note_try(session, keys=[key], now=now)
    since = now - timedelta(seconds=rules.TRY_WINDOW_S)
    with write() as session:
        over = shops.tries(session, key=key, since=since) > rules.TRIES_PER_LOGIN
        if over:
            about = {"what": "sudo_failed", "subject": f"staff:{staff_id}"}
            audit.note_once(session, shop_id=shop_id, **about, since=since, now=now)
    if over:
        raise TooManyTries
    # argon2 takes tens of milliseconds: no transaction is open meanwhile.
    if not password_matches(stored, present):
        raise Invalid({"present": _WRONG_PRESENT})
    return stored


def set_text_size(*, shop_id: int, staff_id: int, size: str) -> None:
    """Save how large a person wants to read: normal, large, xlarge. Raises Invalid, NotHere."""
    if size not in TEXT_SIZES:
        raise Invalid({"size": "글자 크기를 골라 주세요."})
    with write() as session:
        person = shops.staff(session, shop_id=shop_id, staff_id=staff_id)
        if person is None:
            raise NotHere
        person.text_size = size
