"""What starts a process leaves Python's search for circles as it found it, and addresses are written as ever."""

from __future__ import annotations

import gc

from flask import Flask

from app.kit.uncollected import nothing_to_collect


def test_the_search_is_as_it_was_afterwards() -> None:
    assert gc.isenabled()
    with nothing_to_collect():
        assert not gc.isenabled()
        with nothing_to_collect():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_route_writes_its_address_when_it_is_asked_for_one(app: Flask) -> None:
    routes = list(app.url_map.iter_rules())
    assert {type(route).__name__ for route in routes} == {"UnhurriedRule"}
    with app.test_request_context():
        urls = app.url_map.bind("dangol.test")
        assert urls.build("customer.card", {"code": "a b", "from": "가"}) == "/c/a%20b?from=%EA%B0%80"
        assert urls.build("customer.card", {"code": "ab"}) == "/c/ab"
