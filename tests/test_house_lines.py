"""The laws of the house that hold line by line: time, tenants, docstrings, templates, scripts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from config import ROOT
from tests.sources import APP, FEATURES, calls_in, files_in, imports_in, name_of, tree_of

# The only places that find modules by name: folders that are their own list.
BY_NAME = {
    "messages/registry.py",
    "visits/registry.py",
    "web/audiences.py",
    "jobs/queue.py",
    "insights/segment_registry.py",
}
OWN_WORDS_ONLY = re.compile(r"스탬프|세그먼트|캠페인")

# --- time, names, tenants --------------------------------------------------------------------------

_CLOCKS = re.compile(
    r"(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime)$|^(time|time_ns)$"
)


def test_only_the_clock_reads_the_time() -> None:
    wrong = [
        f"{name_of(path)} calls {call}()"
        for path in files_in(APP)
        for call in calls_in(tree_of(path))
        if _CLOCKS.search(call) and name_of(path) != "app/kit/clock.py"
    ]
    assert not wrong


def test_only_the_doors_ask_the_clock() -> None:
    """Flows, rules, actions and queries get `now` as an argument."""
    below = (*FEATURES, "flows", "kit")
    wrong = [
        name_of(path)
        for room in below
        for path in files_in(APP / room)
        if name_of(path) != "app/kit/clock.py" and "app.kit.clock.utc_now" in set(imports_in(tree_of(path)))
    ]
    assert not wrong


def test_modules_are_found_by_name_only_where_a_folder_is_the_list() -> None:
    found = {
        path.relative_to(APP).as_posix()
        for path in files_in(APP)
        if any(name.split(".")[0] in ("importlib", "pkgutil", "runpy") for name in imports_in(tree_of(path)))
        or any(call in ("__import__", "exec", "eval") for call in calls_in(tree_of(path)))
    }
    assert found <= BY_NAME


def test_no_row_is_fetched_by_its_bare_id() -> None:
    bare = re.compile(r"(session\.(get|get_one)|\.query\.get|get_or_404|first_or_404)$")
    wrong = [
        f"{name_of(path)} calls {call}()"
        for path in files_in(APP)
        for call in calls_in(tree_of(path))
        if bare.search(call)
    ]
    assert not wrong


# Statements on tenant tables that are not scoped to one shop, and why that is right.
UNSCOPED = {
    "app/cards/actions/claims.py:expire_claims": "the clock ends claims of every shop",
    "app/cards/actions/codes.py:drop_code_uses": "nightly: what is too old, in every shop",
    "app/shops/actions.py:drop_access_log": "nightly: what is too old, in every shop",
    "app/shops/actions.py:drop_sessions": "nightly: what is too old, in every shop",
    "app/cards/wallet.py:held_cards": "a browser's own cards, by its secret",
    "app/customers/actions.py:drop_evidence": "nightly: what is too old, in every shop",
    "app/customers/actions.py:opt_out_by_token": "the link's secret names the shop",
    "app/reviews/actions/reviews.py:ask_by_token": "the link's secret names the shop",
    "app/customers/merging.py:drop_before": "nightly: what is too old, in every shop",
    "app/customers/proving.py:address_is_full": "who floods one shop can flood the next",
    "app/customers/proving.py:drop_numbers": "nightly: what is too old, in every shop",
    "app/visits/unmaking.py:_free": "its callers pass rows of one shop",
    "app/customers/roster.py:_lines": "its callers pass the shop among the conditions",
    "app/messages/actions/claims.py:gone": "the worker looks over all shops",
    "app/messages/actions/reporting.py:drop_reports": "nightly: what is too old, in every shop",
    "app/messages/actions/reporting.py:waiting": "the worker looks over all shops",
    "app/messages/demo_reads.py:demo_letter": "by the carrier's own 128-bit key",
    "app/messages/clock_work.py:waiting_work": "the clock looks over all shops",
    "app/shops/actions.py:staff_by_login": "signing in: the login is what names the shop",
    "app/programs/actions.py:drop_answers": "nightly: what is too old, in every shop",
    "app/programs/actions.py:drop_events": "nightly: what is too old, in every shop",
    "app/shops/tablets.py:drop_calls": "nightly: what is too old, in every shop",
    "app/shops/actions.py:end_session": "by the session's secret",
    "app/shops/notifications.py:is_any_due": "the clock looks over all shops",
    "app/shops/notifying.py:_give_up": "the worker looks over all shops",
    "app/shops/notifying.py:drop_notifications": "nightly: what is too old, in every shop",
    "app/shops/proofs.py:session_of_token": "by the session's secret",
    "app/shops/proofs.py:keep_acting": "the session was found by its secret",
    "app/shops/actions.py:renew_session": "the session was found by its secret",
}


def _tenant_models() -> set[str]:
    found = set()
    for path in files_in(APP, "*models.py"):
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef) and "shop_id: Mapped[int] =" in ast.unparse(node):
                found.add(node.name)
    return found


def test_every_statement_on_a_tenant_table_names_its_shop() -> None:
    models = _tenant_models()
    assert {"Customer", "Card", "Message", "Visit", "Staff"} <= models
    wrong = []
    for path in files_in(APP):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef):
                continue
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in (
                    "select",
                    "update",
                    "delete",
                    "insert",
                ):
                    named = {n.id for arg in call.args for n in ast.walk(arg) if isinstance(n, ast.Name)}
                    if named & models and "shop_id" not in ast.unparse(node):
                        wrong.append(f"{name_of(path)}:{node.name}")
    assert sorted(set(wrong) - set(UNSCOPED)) == []


def test_public_functions_say_what_they_do() -> None:
    silent = []
    for path in files_in(APP) + files_in(ROOT / "launch"):
        inner = {
            node
            for outer in ast.walk(tree_of(path))
            if isinstance(outer, ast.FunctionDef)
            or (isinstance(outer, ast.ClassDef) and outer.name.startswith("_"))
            for node in ast.walk(outer)
            if node is not outer
        }
        for node in ast.walk(tree_of(path)):
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and node not in inner and not ast.get_docstring(node):
                silent.append(f"{name_of(path)}:{node.name}")
    assert not silent


def test_nothing_is_left_undone() -> None:
    marks = re.compile(
        r"\b(TODO|FIXME|XXX|NotImplementedError)\b|pytest\.(skip|mark\.skip|xfail|mark\.xfail)|unittest\.skip"
    )
    files = [path for folder in (APP, ROOT / "launch", ROOT / "tests") for path in files_in(folder)]
    files += files_in(ROOT / "templates", "*.html") + files_in(ROOT / "static" / "js", "*.js")
    here = Path(__file__)
    assert [name_of(path) for path in files if path != here and marks.search(path.read_text("utf-8"))] == []


# --- templates and scripts -------------------------------------------------------------------------

_IN_TEMPLATES = {
    "a handler in an attribute": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[^=]*)\s*="),
    "an inline style": re.compile(r"<[^>]*\sstyle\s*="),
    "a <style>": re.compile(r"<style\b"),
    # Facts for search engines are no script: nothing of that type runs, and `tojson` keeps them inside it.
    "an inline <script>": re.compile(
        r"<script(?! type=\"application/ld\+json\">\{\{ \w+\|tojson \}\}</script>)(?![^>]*\ssrc=)[^>]*>"
    ),
    "|safe": re.compile(r"\|\s*safe\b|Markup\("),
    "hx-boost": re.compile(r"hx-boost"),
    "autoescape off": re.compile(r"autoescape\s+false"),
    "something from elsewhere": re.compile(r"(src|href)=[\"'](https?:)?//"),
    "another word for our own": OWN_WORDS_ONLY,
}


@pytest.mark.parametrize("what", _IN_TEMPLATES)
def test_templates_hold_no(what: str) -> None:
    found = []
    for path in files_in(ROOT / "templates", "*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        found += [f"{name_of(path)}: {match.group(0)[:80]}" for match in _IN_TEMPLATES[what].finditer(text)]
    assert not found


def test_templates_inherit_no_htmx_attributes() -> None:
    """H7: hx-target and hx-swap stand where they act, beside the hx-get or hx-post they belong to."""
    found = []
    for path in files_in(ROOT / "templates", "*.html"):
        for tag in re.finditer(r"<[a-z][^<>]*\bhx-(?:target|swap)=[^<>]*>", path.read_text("utf-8")):
            if not re.search(r"\bhx-(?:get|post)=", tag.group(0)):
                found.append(f"{name_of(path)}: {tag.group(0)[:100]}")
    assert not found


def test_scripts_build_no_code_and_no_markup_from_text() -> None:
    # What a browser may lose at any time holds no identity: only that somebody said no to the home screen or to being rung.
    dangerous = re.compile(
        r"\b(eval|Function)\(|insertAdjacentHTML|document\.write|\.(inner|outer)HTML\s*="
        r"|localStorage(?!\.(get|set)Item\('(install|push)')"
    )
    found = [
        f"{name_of(path)}: {match.group(0)}"
        for path in files_in(ROOT / "static" / "js", "*.js")
        for match in dangerous.finditer(path.read_text("utf-8"))
    ]
    assert not found
