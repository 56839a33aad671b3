"""The lock on every door: who is this, which shop is it, may they."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user
from flask_wtf.csrf import generate_csrf

from app.cards import queries as cards
from app.cards.queries import Holder
from app.flows import access, sharing
from app.kit.refusals import NotHere, Refused
from app.reviews import asks
from app.shops import queries as shops
from app.shops import signins
from app.shops.queries import ShopView, StaffView
from app.shops.rules import PlainHttp
from app.shops.signins import KioskView
from app.web import cookies, left_forms, origin, proving
from app.web.answers import asked_for_piece, page_around
from app.web.doors import ROLES, Door, door_of, now
from app.web.readable import has_nul
from app.web.resume import kept_form

# What a customers' tablet loads beside its own pages.
_ON_KIOSKS = {"assets.asset_file", "public.healthz", "public.readyz"}


class OwnDeviceOnly(Refused):
    """What a device that several people share never opens, whoever stands at it."""

    code = "own_device_only"
    status = 403
    sentence = "함께 쓰는 기기에서는 열 수 없어요. 내 휴대폰에서 열어 주세요."


class KioskOff(Refused):
    """The customers' tablet was switched off while somebody stood at it."""

    code = "kiosk_off"
    status = 403
    sentence = "손님용 태블릿이 꺼져 있어요. 사장님께 말씀해 주세요."


class SignedIn(UserMixin):
    """Flask-Login's user: a staff session row, never a bare user id in a cookie."""

    def __init__(self, staff: StaffView) -> None:
        self.staff = staff

    def get_id(self) -> str:
        """Return the session row's id."""
        return str(self.staff.session_id)


def load_staff(_request: Any) -> SignedIn | None:
    """Flask-Login's request loader: the session token's row decides who this is."""
    token = cookies.staff_token()
    if not token:
        return None
    staff = shops.staff_by_session(token, is_secure=origin.is_secure(), now=now())
    if staff is None:
        return None
    access.touch(session_id=staff.session_id, seen_at=staff.seen_at, now=now())
    if staff.acting_until is not None and not _is_heartbeat():
        sharing.still_here(
            session_id=staff.session_id, staff_id=staff.staff_id, acting_until=staff.acting_until, now=now()
        )
    return SignedIn(staff)


def _is_heartbeat() -> bool:
    """Tell whether a page asks by itself what is new: nobody's hand is at the device for that."""
    return request.method == "GET" and asked_for_piece()


def current_staff() -> StaffView:
    """Return who is signed in. Only behind a door that demands a staff role."""
    return cast(SignedIn, current_user).staff


def current_shop() -> ShopView:
    """Return the shop named by the URL's code."""
    return cast(ShopView, g.shop)


def current_card() -> Holder:
    """Return the card this browser holds in the shop of the URL. Only behind a holder's door."""
    return cast(Holder, g.holder)


def must_be_safe(shop: ShopView) -> None:
    """Raise PlainHttp when a shop that is no demo is asked for without https."""
    if not shop.is_demo and not origin.is_secure():
        raise PlainHttp


def _entrance_must_be_safe() -> None:
    """Passwords and entry links are typed and opened over plain http in a demo installation only."""
    shop = shops.first_shop()
    if shop is None or not shop.is_demo:
        raise PlainHttp


def _shop_of_url() -> ShopView:
    shop = shops.shop_by_code((request.view_args or {})["code"])
    if shop is None:
        raise NotHere("찾으시는 가게가 없어요. 가게의 QR을 다시 찍어 주세요.")
    must_be_safe(shop)
    return shop


def _staff_or_entrance(declared: Door) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if asked_for_piece():
            return "", 401, {"HX-Redirect": url_for("owner.login", next=page_around() or None)}
        if request.method == "POST":
            return _kept_for_later()
        return redirect(url_for("owner.login", next=request.full_path.rstrip("?")))
    staff = current_staff()
    must_be_safe(staff.shop)
    if staff.is_shared and declared.device != "idle":
        if staff.acting_until is None:
            return _who_is_it()
        if declared.device == "own" or declared.role == "owner":
            raise OwnDeviceOnly
    # At an idle device there is nobody who could have a role; its few doors ask for a PIN or a password.
    if not (staff.is_shared and declared.device == "idle") and _is_below(declared.role):
        abort(403)
    if declared.sudo and request.method == "POST":
        return proving.ask_again(staff, declared)
    if request.method == "GET" and not asked_for_piece():
        # The page's scripts fetch beside it (offline.js): whoever answers first must not be who makes the token.
        generate_csrf()
    return None


def _is_below(role: str) -> bool:
    return ROLES.index(current_staff().role) < ROLES.index(role)


def _who_is_it() -> ResponseReturnValue:
    """Answer at a shared device at which nobody stands: first a name and a PIN.

    A form is kept for who stood there last; when they said 다음 사람, nobody knows whose it is.
    """
    if asked_for_piece():
        return "", 401, {"HX-Redirect": url_for("owner.turn", next=page_around() or None)}
    if request.method == "POST":
        staff, resume = current_staff(), kept_form(current_staff().last_id)
        people = shops.staff_of(staff.shop.id)
        page = render_template("owner/turn.html", people=people, next="", resume=resume, is_lost=not resume)
        return page, 401
    return redirect(url_for("owner.turn", next=request.full_path.rstrip("?")))


def _kept_for_later() -> ResponseReturnValue:
    """Answer a POST whose session has ended: sign in, and what was typed is still there for who typed it."""
    token = cookies.staff_token()
    whose = signins.last_at(token, is_secure=origin.is_secure()) if token else None
    resume = kept_form(whose)
    page = render_template("owner/login.html", next="", resume=resume, is_lost=not resume, error=None)
    return page, 401


def _open_holder(holder_needed: bool) -> ResponseReturnValue | None:
    g.shop = _shop_of_url()
    token = cookies.browser_token()
    g.holder = cards.holder(shop_id=g.shop.id, browser_token=token) if token else None
    if holder_needed and g.holder is None:
        kept = left_forms.kept_page(g.shop)
        return kept if kept is not None else redirect(url_for("public.join", code=g.shop.code))
    return None


def current_kiosk() -> KioskView:
    """Return the customers' tablet that asks. Only behind a door whose tenant is "kiosk"."""
    return cast(KioskView, g.kiosk)


def held_card() -> Holder | None:
    """Return the card this browser holds in the shop of the URL, or None. Behind any door with a shop's code."""
    return cast("Holder | None", g.holder)


def _kiosk() -> KioskView | None:
    token = cookies.kiosk_token()
    return signins.kiosk_by_token(token, is_secure=origin.is_secure()) if token else None


def _kiosk_only(declared: Door) -> ResponseReturnValue | None:
    """Keep a customers' tablet on its own pages: nobody's card and nothing of the owner's opens there."""
    g.kiosk = _kiosk()
    if declared.tenant == "kiosk":
        if g.kiosk is None and request.method == "POST":
            raise KioskOff
        if g.kiosk is None:
            page = make_response(render_template("kiosk/ended.html"), 410)
            return cookies.forget_kiosk(page)
        must_be_safe(g.kiosk.shop)
        return None
    if g.kiosk is None or request.endpoint in _ON_KIOSKS:
        return None
    if request.method == "POST" or asked_for_piece():
        abort(403)
    return redirect(url_for("public.kiosk_pad"))


def _may_send_much(declared: Door) -> bool:
    """Tell whether a form is a review's own, a card holder's or the shop's: whom nobody was given anything sends no photos."""
    named, browser = request.view_args or {}, cookies.browser_token()
    if declared.role in ("staff", "manager", "owner"):
        return bool(request.method == "POST" and current_user.is_authenticated)
    if declared.role == "holder":
        code = named["code"]
        shop = (
            shops.shop_by_code(code) if request.method == "POST" and browser and "\x00" not in code else None
        )
        return bool(shop and browser and cards.holder(shop_id=shop.id, browser_token=browser))
    token = named.get("token", "")
    return request.method == "POST" and "\x00" not in token and asks.is_known(token)


def check() -> ResponseReturnValue | None:
    """Run before every request: host, origin, readable text, then the door's own role and tenant."""
    declared = door_of(current_app, request.endpoint) if request.endpoint else None
    if not origin.host_allowed(request.host):
        abort(400)
    if declared is not None and declared.max_bytes and (declared.tenant == "key" or _may_send_much(declared)):
        request.max_content_length = declared.max_bytes  # before anybody reads the form
    if has_nul(request):
        abort(400)
    if declared is None:
        return None  # unknown address (404 follows) or a static file
    if declared.csrf and request.method not in ("GET", "HEAD", "OPTIONS") and not origin.same_origin():
        abort(403)
    if cookies.kiosk_token() or declared.tenant == "kiosk":
        kept = _kiosk_only(declared)
        if kept is not None or declared.tenant == "kiosk":
            return kept
    if declared.role in ("staff", "manager", "owner"):
        return _staff_or_entrance(declared)
    if declared.audience == "owner" and not origin.is_secure():
        _entrance_must_be_safe()
    if declared.tenant == "code":
        return _open_holder(declared.role == "holder")
    return None
