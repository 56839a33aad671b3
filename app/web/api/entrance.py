"""The entrance of the programs' room: the key, the room it opens, the body as JSON; and the table of what there is.

Every call is declared with `call`: from the same words come its route, its lock, its checks and its line in the
OpenAPI file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from app.flows import programs
from app.programs.queries import KeyView
from app.programs.rules import BadKey, NotAllowed
from app.shops import queries as shops
from app.web.api.blueprint import bp
from app.web.api.fields import Record, Wrong
from app.web.doors import door, now
from app.web.guards import must_be_safe
from app.web.problems import Problem

BASE = "/api/v1"
MOST_BYTES = 64 * 1024
_DEEPEST = 8


@dataclass(frozen=True)
class Answer:
    """What a call may answer: its status in words, and the shape of its body."""

    about: str
    shape: Mapping[str, Any]
    example: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One call, as it is declared and documented. `scope` "": any good key."""

    name: str
    rule: str
    method: str
    scope: str
    about: str
    takes: Record | None
    answers: Mapping[int, Answer]
    problems: tuple[int, ...]
    needs_once: bool
    asks: Record | None


OPERATIONS: list[Operation] = []


def call(
    rule: str,
    *,
    method: str,
    scope: str,
    about: str,
    answers: Mapping[int, Answer],
    takes: Record | None = None,
    asks: Record | None = None,
    problems: tuple[int, ...] = (),
    needs_once: bool = False,
) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """Declare a call. `takes`: its body; `asks`: what may stand behind the ?; `problems`: statuses beyond the usual."""

    def declare(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        usual: tuple[int, ...] = (401, 403, 429) if scope else (401, 429)
        usual += (400, 413, 415, 422) if takes else (400,) if asks else ()
        every = tuple(sorted({*usual, *problems}))
        OPERATIONS.append(
            Operation(view.__name__, rule, method, scope, about, takes, answers, every, needs_once, asks)
        )

        @wraps(view)
        def answered(**named: Any) -> ResponseReturnValue:
            _let_in(scope)
            g.told = _read(takes, _json()) if takes else _read(asks, dict(request.args)) if asks else {}
            return view(**named)

        # No form token: nothing here is asked by a browser's cookie, only by the key in the header.
        return door(
            bp,
            BASE + rule,
            methods=(method,),
            audience="api",
            tenant="key",
            csrf=False,
            max_bytes=MOST_BYTES,
        )(answered)

    return declare


def current_key() -> KeyView:
    """Return the key that this call came with."""
    key: KeyView = g.key
    return key


def told() -> dict[str, Any]:
    """Return what the body, or what stands behind the ?, says, checked."""
    found: dict[str, Any] = g.told
    return found


def _let_in(scope: str) -> None:
    word, _, token = request.headers.get("Authorization", "").partition(" ")
    if word.lower() != "bearer" or not token.isascii():
        raise BadKey
    g.key = programs.enter(token=token.strip(), now=now())
    must_be_safe(shops.shop_by_id(g.key.shop_id))
    if scope and not g.key.may(scope):
        raise NotAllowed


def once() -> tuple[str, str]:
    """Return the Idempotency-Key and the hash of the body it came with. Raises Problem without a usable one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 8 <= len(key) <= 64 or not all("!" <= char <= "~" for char in key):
        why = "must be 8 to 64 ASCII letters, digits or signs without blanks, new for every purchase"
        raise Problem(422, "idempotency_key_missing", "Send an Idempotency-Key.", [("Idempotency-Key", why)])
    return key, hashlib.sha256(request.get_data()).hexdigest()


def _json() -> Any:
    if request.mimetype != "application/json":
        raise Problem(415)
    request.max_content_length = MOST_BYTES
    try:
        text = request.get_data().decode("utf-8")
        if _depth(text) > _DEEPEST:
            raise Problem(400, "too_deep", f"The body is nested deeper than {_DEEPEST}.")
        body = json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_once)
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Problem(400, "not_json", "The body is not JSON in UTF-8.") from fault
    if _is_unreadable(body):
        raise Problem(400, "bad_text", "Text must not hold NUL or half of a surrogate pair.")
    return body


def _depth(text: str) -> int:
    """Return how deep brackets nest, without reading what is in them: the parser itself would recurse."""
    depth = deepest = 0
    is_text = is_escaped = False
    for char in text:
        if is_text:
            is_text = is_escaped or char != '"'
            is_escaped = char == "\\" and not is_escaped
        elif char == '"':
            is_text = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _is_unreadable(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_is_unreadable(name) or _is_unreadable(each) for name, each in value.items())
    return isinstance(value, list) and any(_is_unreadable(each) for each in value)


def _read(takes: Record, body: Any) -> dict[str, Any]:
    wrong: Wrong = []
    found = takes.read(body, "", wrong)
    if wrong:
        raise Problem(422, "invalid", "Some values are not valid.", wrong[:20])
    return found


def given(body: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
    """Answer a call."""
    answer = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer
