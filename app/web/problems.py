"""Errors for programs: application/problem+json (RFC 9457), in English, with a code that never changes its meaning.

One language, because a program's developer reads them; what the shop itself reads is on its own pages, in Korean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.kit.refusals import Invalid, Refused

ROOM = "/api/"
TYPE = "urn:dangol:problem:"

# What a refusal of the shop's rules says to a program, by its code.
_SAID = {
    "unauthorized": "The API key is missing, unknown or revoked. Send it as: Authorization: Bearer dgk_…",
    "forbidden": "This API key was not made for this. Ask the shop for a key with the scope that is named here.",
    "too_many_requests": "Too many calls with this key. Wait as long as Retry-After says.",
    "idempotency_key_reused": "This Idempotency-Key was used before with another body. Use a new key for another purchase.",
    "order_exists": "This order_number is another purchase here already (other customer or other amount).",
    "customer_not_found": "Nobody in this shop is who was named.",
    "safe_number": "Safe numbers (050…) change with every order and identify nobody. Send the mobile number itself.",
    "phone_invalid": "Not a Korean mobile number.",
    "not_here": "There is nothing of that id in this shop.",
    "plain_http": "Use https.",
}
_BY_STATUS = {
    400: ("bad_request", "The request can't be read."),
    401: ("unauthorized", _SAID["unauthorized"]),
    403: ("forbidden", "Not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The body is larger than 64 KB."),
    415: ("unsupported_media_type", "Send application/json in UTF-8."),
    429: ("too_many_requests", "Too many calls from this address. Wait a minute."),
    500: ("internal_error", "Something broke on our side. Try again with the same Idempotency-Key."),
}


class Problem(Exception):
    """A call that can't be accepted. `errors`: (JSON pointer into the body, or a header's or parameter's name; why)."""

    def __init__(
        self, status: int, code: str = "", detail: str = "", errors: Sequence[tuple[str, str]] = ()
    ) -> None:
        usual_code, usual_detail = _BY_STATUS.get(status, ("refused", "This can't be done now."))
        self.status, self.code, self.detail = status, code or usual_code, detail or usual_detail
        self.errors = errors
        super().__init__(self.code)


def is_for_a_program() -> bool:
    """Tell whether this request came to the programs' room: its errors are no pages."""
    return request.path.startswith(ROOM)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as it goes out."""
    told: dict[str, Any] = {
        "type": TYPE + problem.code,
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.errors:
        told["errors"] = [{"at": at, "detail": why} for at, why in problem.errors]
    body = json.dumps(told, ensure_ascii=False)
    given = Response(body, problem.status, content_type="application/problem+json")
    if problem.status == 401:
        given.headers["WWW-Authenticate"] = 'Bearer realm="dangol"'
    given.headers.update(headers or {})
    return given


def of_refusal(refusal: Refused) -> Response:
    """Return a refusal of the shop's rules as a problem; with 429 goes when to come again."""
    detail = _SAID.get(refusal.code, "This can't be done now.")
    errors = [(f"/{name}", "not valid") for name in refusal.fields] if isinstance(refusal, Invalid) else ()
    wait_s = getattr(refusal, "wait_s", None)
    headers = {"Retry-After": str(wait_s)} if wait_s is not None else None
    return answer(Problem(refusal.status, refusal.code, detail, errors), headers)
