"""How addresses are written: each route's writer is made when the first address of it is written."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import Rule


class UnhurriedRule(Rule):
    """A route that compiles what writes its addresses when it is first asked for one.

    Werkzeug compiles two small programs for each of some five hundred routes when they are added. Of all a process
    does until it answers this was a tenth, and most of them never write one address.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        made: list[Callable[..., tuple[str, str]]] = []

        def write(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not made:  # two threads at once both make it, and both are right
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return write


def register(app: Flask) -> None:
    """Make every route an unhurried one. Call it before the routes are added."""
    app.url_rule_class = UnhurriedRule
