"""Style and script as the browser gets them: joined once at the start, compressed, named by their hash.

There is no bundler. A bundle is a list of files in a fixed order; each script is put in a block of its own,
so that pieces share nothing but the events they send. `asset('app.css')` in a template gives the address.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request

from app.web.doors import door

STATIC = Path(__file__).resolve().parents[2] / "static"
_STYLES = ("layers", "reset", "tokens", "base", "layout", "components/*", "utilities", "preferences")
# Order matters: page.js marks the document as scripted before anything draws.
BUNDLES: dict[str, tuple[str, ...]] = {
    "customer.js": ("page", "live", "saved", "card", "install", "push"),
    "owner.js": ("page", "live", "offline", "arrived"),
}
_VENDOR_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css"}

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One ready answer."""

    url: str
    content_type: str
    body: bytes
    zipped: bytes


def _asset(name: str, content_type: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        f"/assets/{digest}/{name}", f"{content_type}; charset=utf-8", body, gzip.compress(body, 9, mtime=0)
    )


def _styles() -> bytes:
    files: list[Path] = []
    for pattern in _STYLES:
        files += sorted((STATIC / "css").glob(f"{pattern}.css"))
    whole = b"".join(path.read_bytes() for path in files)
    # Comments and the room before a line are for who writes, not for a customer's phone.
    return re.sub(rb"\n\s*", b"\n", re.sub(rb"/\*.*?\*/", b"", whole, flags=re.DOTALL))


def _scripts(names: Iterable[str]) -> bytes:
    blocks = (b"{\n" + (STATIC / "js" / f"{name}.js").read_bytes() + b"}\n" for name in names)
    return b"".join(blocks)


def load() -> dict[str, Asset]:
    """Read every style and script below static/ and return the answers by name."""
    found = {"app.css": _asset("app.css", "text/css", _styles())}
    # Only sheets to print and screens at the counter need them: every other page stays lighter.
    for name in ("print.css", "kiosk.css"):
        found[name] = _asset(name, "text/css", (STATIC / "css" / name).read_bytes())
    for name, pieces in BUNDLES.items():
        found[name] = _asset(name, "text/javascript", _scripts(pieces))
    for path in sorted(STATIC.glob("**/*")):
        content_type = _VENDOR_TYPES.get(path.suffix)
        if content_type and path.is_file() and path.parent.parts[-1:] != ("css",):
            name = path.relative_to(STATIC).as_posix()
            if not name.startswith("css/"):
                found[name] = _asset(name, content_type, path.read_bytes())
    return found


@door(blueprint, "/assets/<digest>/<path:name>", audience="public")
def asset_file(digest: str, name: str) -> Response:
    """Answer one style or script; the hash in its address makes it good for ever."""
    found = _LOADED.get(name)
    if found is None or not found.url.startswith(f"/assets/{digest}/"):
        abort(404)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(found.zipped if zipped else found.body, content_type=found.content_type)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


_LOADED: dict[str, Asset] = {}


def asset_url(name: str) -> str:
    """Return the address of a bundle ("app.css"), script ("js/scan.js") or picture ("img/icon.svg").

    Raises KeyError for a style or script that does not exist.
    """
    if Path(name).suffix in _VENDOR_TYPES:
        return _LOADED[name].url
    return f"/static/{name}"


def source_text(name: str) -> str:
    """Return the text of a script that is served under an address of its own. Raises KeyError if unknown."""
    return _LOADED[name].body.decode()


def register(app: Flask) -> None:
    """Load everything once, serve it, and give templates `asset()`."""
    _LOADED.update(load())
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset_url
