"""A program with a key, for the tests: calls as a till makes them, each answer looked at."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.flows import programs
from tests import factories
from tests.factories import AShop
from tests.world import PUBLIC_URL


def a_key(shop: AShop, *scopes: str) -> str:
    """Make a key; without words one for everything."""
    return programs.make_key(
        shop_id=shop.id,
        staff_id=shop.owner_id,
        name="계산대 포스",
        scopes=scopes or ("visits", "customers", "events"),
        now=factories.now(),
    )


class Till:
    """A till of a shop; `key` "" has none."""

    def __init__(self, app: Flask, key: str) -> None:
        self.app, self.key = app, key
        self.client = app.test_client()

    def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str
    ) -> dict[str, Any]:
        """Make a call and return what was answered. `body`: an object, or bytes as they are."""
        answer = self.raw(method, path, body, **headers)
        said = answer.get_data(as_text=True)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {said}"
        kind = "application/json" if status < 400 else "application/problem+json"
        assert answer.mimetype == kind
        assert "Set-Cookie" not in answer.headers
        found: dict[str, Any] = json.loads(said)
        if status >= 400:
            assert {"type", "title", "status", "code", "detail"} <= found.keys()
            assert found["status"] == status
        return found

    def raw(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Make a call and return the answer itself."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        return self.client.open(f"/api/v1{path}", method=method, base_url=PUBLIC_URL, data=data, headers=sent)
