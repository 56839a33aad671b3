"""The OpenAPI file says what the room does: every call is in it, and a fuzzer that reads it finds no other answer."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from app.flows import programs
from app.programs import rules
from app.web.api.entrance import BASE
from app.web.doors import door_of
from tests import factories
from tests.factories import ACustomer, AShop
from tests.web.api import Till, a_key

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.ignored_auth,
]


def test_every_call_is_in_the_file_and_nothing_else(app: Flask) -> None:
    paths = Till(app, "").call("GET", "/openapi.json")["paths"]
    told = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    built = set()
    for rule in app.url_map.iter_rules():
        declared = door_of(app, rule.endpoint)
        if declared is not None and declared.tenant == "key":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(BASE))
            built |= {(path, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert told == built


def test_the_examples_in_the_file_and_on_the_page_are_good(app: Flask, shop: AShop, jiwoo: ACustomer) -> None:
    """What a developer copies works."""
    till = Till(app, a_key(shop))
    file = till.call("GET", "/openapi.json")
    page = app.test_client().get("/developers", base_url="https://dangol.test").get_data(as_text=True)
    for path in file["paths"]:
        tail = re.sub(r"\{\w+\}", "977", path)
        assert tail in page or "{customer_id}" in path, f"the page shows no {path}"
    body = file["paths"]["/customers"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    made = till.call("POST", "/customers", body["examples"][0], status=201)
    purchase = file["paths"]["/visits"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    told = till.call("POST", "/visits", purchase["examples"][0], status=201, Idempotency_Key="order-A-1042")
    assert told["customer_id"] == made["id"]


def _as_server(app: Flask) -> Any:
    """Each request in a context of its own, as a server has it."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def run() -> list[bytes]:
            parts = app.wsgi_app(environ, start_response)
            try:
                return list(parts)
            finally:
                getattr(parts, "close", lambda: None)()

        return contextvars.Context().run(run)

    return answer


def test_a_fuzzer_that_reads_the_file_finds_no_other_answer(
    app: Flask, shop: AShop, jiwoo: ACustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CALLS_A_MINUTE", 10**9)
    programs.switch_mall(shop_id=shop.id, staff_id=shop.owner_id, is_on=True, now=factories.now())
    bearer = {"Authorization": f"Bearer {a_key(shop)}"}
    schema = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", _as_server(app))
    tried = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode == GenerationMode.NEGATIVE and operation.path == "/key":
                continue  # it takes nothing that could be wrong
            cases = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=12,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=cases)
            def sound(case: Any) -> None:
                nonlocal tried
                case.call_and_validate(headers=bearer, checks=CHECKS)
                tried += 1

            sound()
    assert tried > 60
