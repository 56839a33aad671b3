"""The OpenAPI 3.1 file, made from the very table that the calls are declared with; and a call to try a key."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from app.shops import queries as shops
from app.web.api.blueprint import bp
from app.web.api.entrance import BASE, OPERATIONS, Answer, Operation, call, current_key, given
from app.web.api.shapes import WORDS, shape
from app.web.doors import door

_ABOUT = """\
Tell Dangol what was bought at your till or in your mall, and ask who stands before you.

- **Key**: the shop's owner makes it under 더보기 › 다른 프로그램과 연결. Send it with every call as
  `Authorization: Bearer dgk_…`. Its scopes are `visits`, `customers`, `events`. 120 calls a minute.
- **Once**: `POST /visits` needs an `Idempotency-Key`, new for every purchase. The same key with the same body gives
  the same answer for seven days (200 instead of 201), with another body 422. A refused call keeps nothing.
- **Errors** are `application/problem+json` (RFC 9457) in English; decide by `code`, not by `detail`.
- **Limits**: JSON in UTF-8, 64 KB, eight levels deep, unknown names are refused. Times need a zone. Money is whole won.
- **Stamps** are given by the shop, never by this API: a purchase counts as a visit for tiers, coupons and rhythm.
- **News** to you (webhooks) is signed as Standard Webhooks says; `webhook-id` is the same at every try.
"""


@call(
    "/key",
    method="GET",
    scope="",
    about="Try a key: whose it is and what it may do",
    answers={
        200: Answer(
            "The key is good.",
            shape(shop=WORDS, name=WORDS, scopes={"type": "array", "items": WORDS}),
            {"shop": "봄날커피", "name": "계산대 포스", "scopes": ["visits", "customers"]},
        )
    },
)
def own_key() -> ResponseReturnValue:
    """Tell a program that its key is good."""
    key = current_key()
    shop = shops.shop_by_id(key.shop_id)
    return given({"shop": shop.name, "name": key.name, "scopes": key.scopes.split()})


@door(bp, BASE + "/openapi.json", audience="api")
def openapi_file() -> ResponseReturnValue:
    """Serve the description; it holds nothing of any shop."""
    told = {**_described(), "servers": [{"url": current_app.config["BASE_URL"] + BASE}]}
    return Response(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")


@cache
def _described() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for each in sorted(OPERATIONS, key=lambda each: (each.rule, each.method)):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.rule)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dangol API", "version": "1", "description": _ABOUT},
        "paths": paths,
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem()},
        },
    }


def _operation(each: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.about,
        "description": f"Needs a key with the scope `{each.scope}`." if each.scope else "Any key will do.",
        "responses": {
            **{str(status): _answer(answer) for status, answer in each.answers.items()},
            **{str(status): _refusal(status) for status in each.problems},
        },
    }
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        }
        for name in re.findall(r"<int:(\w+)>", each.rule)
    ]
    if each.asks is not None:
        parameters += [
            {"name": name, "in": "query", "required": False, "schema": kind.schema()}
            for name, kind in each.asks.fields.items()
        ]
    if each.needs_once:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "New for every purchase, the same when it is sent again.",
                "schema": {"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[!-~]+$"},
                "example": "order-A-1042",
            }
        )
    if parameters:
        told["parameters"] = parameters
    if each.takes is not None:
        content: dict[str, Any] = {"schema": each.takes.schema()}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _answer(answer: Answer) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": dict(answer.shape)}
    if answer.example:
        content["example"] = dict(answer.example)
    return {"description": answer.about, "content": {"application/json": content}}


def _refusal(status: int) -> dict[str, Any]:
    words = {
        400: "Not JSON that can be read, or text with NUL in it.",
        401: "No good key.",
        403: "The key was made for something else, or https is missing.",
        404: "Not in this shop.",
        409: "It is something else here already.",
        413: "More than 64 KB.",
        415: "Not application/json.",
        422: "Some values are not valid; `errors` says which.",
        429: "Too many calls; `Retry-After` says when to come again.",
    }
    return {
        "description": words[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _problem() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["at", "detail"],
        "properties": {
            "at": {"type": "string", "description": "A JSON pointer into the body, or a header's name."},
            "detail": {"type": "string"},
        },
    }
    return {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Never changes its meaning."},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": error},
        },
    }
