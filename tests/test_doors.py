"""Every route of the product and its lock. A new route is a new line here, read by a second person."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from app.web.doors import AUDIENCES, ROLES, TENANTS, check_doors, door, door_of
from tests.doors_table import TABLE


def _written() -> set[tuple[str, ...]]:
    return {tuple(line.split()) for line in TABLE.strip().splitlines()}


def _built(app: Flask) -> set[tuple[str, ...]]:
    found = set()
    for rule in app.url_map.iter_rules():
        declared = door_of(app, rule.endpoint)
        assert declared is not None
        methods = "+".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        row = (rule.rule, methods, declared.audience, declared.role, declared.tenant)
        found.add(row if declared.csrf else (*row, "machine"))
    return found


def test_every_route_is_the_one_in_the_table(app: Flask) -> None:
    built, written = _built(app), _written()
    assert sorted(built - written) == [], "routes that the table does not know"
    assert sorted(written - built) == [], "lines of the table without such a route"


def test_a_route_without_a_door_stops_the_build() -> None:
    bare = Flask("bare")
    bare.add_url_rule("/open", endpoint="open", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="/open"):
        check_doors(bare)


@pytest.mark.parametrize("wrong", [{"audience": "everyone"}, {"role": "boss"}, {"tenant": "guess"}])
def test_a_door_of_an_unknown_kind_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        door(
            Blueprint("b", __name__),
            "/x",
            **{"audience": "public", "role": "anyone", "tenant": "none", **wrong},
        )


def test_what_the_table_says_is_consistent() -> None:
    for rule, _methods, audience, role, tenant, *machine in _written():
        assert audience in AUDIENCES
        assert role in ROLES
        assert tenant in TENANTS
        # Staff pages take their shop from the session alone, a holder's from the code and the cookie.
        assert (role in ("staff", "manager", "owner")) == (tenant == "session"), rule
        assert (role == "holder") == (audience == "customer"), rule
        assert rule.startswith(("/owner", "/setup/")) or audience != "owner", rule
        # Nouns: no verb in an address says what a method says.
        assert not {"add", "create", "update", "edit", "remove"} & set(rule.split("/")), rule
        assert not machine or role == "anyone", rule
        machines = (
            "/demo/gateway/messages",
            "/hooks/<provider>/<hook>",
            "/o/<token>",
            "/o/<token>/consent",
            "/push/renewals",
        )
        assert not machine or rule in machines or tenant == "key"
