"""The WSGI entry point: `gunicorn wsgi:app`, and `flask` commands with FLASK_APP=wsgi:app."""

from __future__ import annotations

import sys

from app import create_app
from app.kit.uncollected import keep_what_is_here
from config import BadSettings, load_config

try:
    app = create_app(load_config())
except BadSettings as bad:
    for sentence in bad.sentences:
        print(sentence, file=sys.stderr)
    raise SystemExit(2) from None
keep_what_is_here()
