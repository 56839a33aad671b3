"""Our cookies. On a secure context they carry the `__Host-` prefix; on plain LAN http, where only a demo
shop runs, they have different names that are never accepted on a secure one (S20)."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

from app.kit.signing import new_token
from app.web.origin import is_secure

_YEAR = 365 * 24 * 3600


def _name(kind: str) -> str:
    return f"__Host-{kind}" if is_secure() else f"lan-{kind}"


def _set(answer: Response, kind: str, value: str, max_age: int) -> None:
    answer.set_cookie(
        _name(kind), value, max_age=max_age, httponly=True, samesite="Lax", secure=is_secure(), path="/"
    )


def browser_token() -> str | None:
    """Return the token that says which cards this browser holds, or None for a new browser."""
    return request.cookies.get(_name("card"))


def browser_token_or_new() -> str:
    """Return this browser's token, or a fresh one that the caller sets with keep_browser."""
    return browser_token() or new_token()


def keep_browser(answer: Response, token: str) -> Response:
    """Let the browser keep its cards (400 days is the longest a browser allows)."""
    _set(answer, "card", token, 400 * 24 * 3600)
    return answer


def staff_token() -> str | None:
    """Return the signed-in staff's session token, or None."""
    return request.cookies.get(_name("staff"))


def keep_staff(answer: Response, token: str) -> Response:
    """Let the browser keep the staff session; the server's row decides how long it is good for."""
    _set(answer, "staff", token, _YEAR)
    return answer


def forget_staff(answer: Response) -> Response:
    """Let the browser forget the staff session."""
    answer.delete_cookie(_name("staff"), path="/", secure=is_secure(), httponly=True, samesite="Lax")
    return answer


def friend_word(code: str) -> str | None:
    """Return the word of the link by which this browser came to a shop, or None."""
    return request.cookies.get(_name(f"friend-{code}"))


def keep_friend_word(answer: Response, code: str, word: str, seconds: int) -> Response:
    """Let the browser remember by whose link it came to a shop."""
    _set(answer, f"friend-{code}", word, seconds)
    return answer


def half_way() -> str | None:
    """Return what this browser keeps between its password and its second step, or None."""
    return request.cookies.get(_name("step"))


def keep_half_way(answer: Response, value: str, seconds: int) -> Response:
    """Let the browser keep that its password was right, for a few minutes."""
    _set(answer, "step", value, seconds)
    return answer


def forget_half_way(answer: Response) -> Response:
    """Let the browser forget that it stood between password and second step."""
    answer.delete_cookie(_name("step"), path="/", secure=is_secure(), httponly=True, samesite="Lax")
    return answer


def kiosk_token() -> str | None:
    """Return the token of a customers' tablet, or None where the browser is none."""
    return request.cookies.get(_name("kiosk"))


def keep_kiosk(answer: Response, token: str) -> Response:
    """Let the browser be a customers' tablet until the shop switches it off."""
    _set(answer, "kiosk", token, _YEAR)
    return answer


def forget_kiosk(answer: Response) -> Response:
    """Let the browser be no customers' tablet any more."""
    answer.delete_cookie(_name("kiosk"), path="/", secure=is_secure(), httponly=True, samesite="Lax")
    return answer


class SessionInterface(SecureCookieSessionInterface):
    """Flask's signed session, used only for the CSRF token and flashed sentences."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name that fits this request's origin."""
        return _name("form")

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie may only travel securely."""
        return is_secure()
