"""The composition root: the only place that knows every room. Imported by wsgi.py, worker.py and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app.extensions import csrf, db, limiter, login_manager, migrate
from app.kit import clock, logs, sqlite
from app.kit.reachable import opens_at_home
from app.kit.uncollected import nothing_to_collect
from app.messages.contract import NHN_SMS_URL, NHN_TALK_URL, SOLAPI_URL, Wire
from config import is_loopback

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Any, *, now: Callable[[], datetime] | None = None) -> Flask:
    """Build the application from a checked Config. `now` replaces the clock (tests).

    Raises RuntimeError when a route declares no door.
    """
    # Tables, routes and templates stay: looking among them for what could go took a tenth of the start.
    with nothing_to_collect():
        return _built(config, now)


def _built(config: Any, now: Callable[[], datetime] | None) -> Flask:
    app = Flask(
        "app",
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # WhiteNoise serves /static before Flask sees the request
    )
    _settings(app, config, now)
    _database(app)
    _web(app)
    _commands(app)
    from app.web.doors import check_doors

    check_doors(app)
    return app


def _settings(app: Flask, config: Any, now: Callable[[], datetime] | None) -> None:
    public = config.base_url
    shift = timedelta(seconds=config.clock_shift_seconds)
    app.config.update(
        DANGOL=config,
        SECRET_KEY=config.secret_key,
        MASTER_KEY=config.master_key,
        BASE_URL=public,
        PUBLIC_HOST=urlsplit(public).hostname,
        BEHIND_TLS=public.startswith("https://"),
        WIRE=_wire(config, public),
        CLOCK=now or ((lambda: clock.utc_now() + shift) if shift else clock.utc_now),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_pool(config),
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        # Browsers may leave the Referer out; guards.py asks Sec-Fetch-Site and Origin instead.
        WTF_CSRF_SSL_STRICT=False,
        # The coarse net per address; what protects money and logins is counted in the database.
        RATELIMIT_ENABLED=config.app_env != "test",
        RATELIMIT_STORAGE_URI="memory://",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TESTING=config.app_env == "test",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.secret_key = config.secret_key
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.configure()


def _wire(config: Any, base_url: str) -> Wire:
    """Return what message senders need to know of this deployment."""
    authority = config.tls_ca_file
    # An opt-out has to open at the customer's home (정보통신망법 50조 6항). PUBLIC_URL promises it; an address of
    # ours does with TLS=1 unless it is private: https to 192.168.… ends at the shop's own Wi-Fi.
    ours = config.reach_url if config.tls and opens_at_home(config.reach_url or "") else None
    return Wire(
        public_url=config.public_url or ours,
        base_url=base_url,
        ads_need_080=config.ads_need_080,
        demo_phone_url=config.demo_phone_url,
        demo_phone_secret=config.demo_phone_secret,
        ca_file=str(authority) if authority else None,
        smtp_url=config.smtp_url or "",
        mail_from=config.mail_from,
        solapi_url=config.solapi_url or SOLAPI_URL,
        nhn_sms_url=config.nhn_url or NHN_SMS_URL,
        nhn_talk_url=config.nhn_url or NHN_TALK_URL,
        push_key=_written(config.vapid_private_file),
        push_public=_written(config.vapid_public_file),
    )


def _written(file: Path) -> str:
    """Return what a file of the secrets says, or "" when there is none: then nothing is pushed."""
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _pool(config: Any) -> dict[str, Any]:
    # One connection a thread and none beyond: a second pooled connection inside a request froze the app.
    options: dict[str, Any] = {
        "pool_size": config.web_threads,
        "max_overflow": 2,
        "pool_timeout": 15,
        "hide_parameters": True,  # a failed statement's text goes to the log: without names and numbers
    }
    if not config.database_url.startswith("sqlite"):
        options["pool_pre_ping"] = True
    return options


def _database(app: Flask) -> None:
    # Models register themselves with the metadata when their room is imported.
    from app.board import event_models as _events  # noqa: F401
    from app.board import notice_models as _notices  # noqa: F401
    from app.board import story_models as _stories  # noqa: F401
    from app.board import talk_models as _talk  # noqa: F401
    from app.cards import counter_models as _counter  # noqa: F401
    from app.cards import models as _cards  # noqa: F401
    from app.coupons import models as _coupons  # noqa: F401
    from app.customers import file_models as _lists  # noqa: F401
    from app.customers import models as _customers  # noqa: F401
    from app.insights import group_models as _groups  # noqa: F401
    from app.insights import models as _insights  # noqa: F401
    from app.insights import month_models as _months  # noqa: F401
    from app.messages import campaign_models as _campaigns  # noqa: F401
    from app.messages import models as _messages  # noqa: F401
    from app.messages import result_models as _results  # noqa: F401
    from app.messages import way_models as _ways  # noqa: F401
    from app.programs import models as _programs  # noqa: F401
    from app.referrals import models as _referrals  # noqa: F401
    from app.reviews import care_models as _review_care  # noqa: F401
    from app.reviews import models as _reviews  # noqa: F401
    from app.shops import models as _shops  # noqa: F401
    from app.shops import notification_models as _notifications  # noqa: F401
    from app.testers import models as _testers  # noqa: F401
    from app.tiers import models as _tiers  # noqa: F401
    from app.visits import import_models as _imports  # noqa: F401
    from app.visits import models as _visits  # noqa: F401
    from app.voices import care_models as _voice_care  # noqa: F401
    from app.voices import models as _voices  # noqa: F401
    from app.warranties import models as _warranties  # noqa: F401

    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.tune(db.engine)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))


def _web(app: Flask) -> None:
    from app.web import addresses, assets, audiences, cookies, errors, filters, guards, headers, readable

    app.session_interface = cookies.SessionInterface()
    limiter.init_app(app)  # before the guards: a guess that finds nothing is counted too
    app.before_request(guards.check)
    csrf.init_app(app)
    login_manager.init_app(app)
    # Who is signed in is a row, not in the form cookie: written with every answer, that one could put an older state back.
    login_manager.session_protection = None
    login_manager.request_loader(guards.load_staff)
    readable.register(app)
    addresses.register(app)
    audiences.register(app)
    # Counted in each web process: two of them let twice as many through.
    guessable = audiences.guessable(app)
    app.config["COARSE_LIMITS"] = {
        **dict.fromkeys(guessable, "45 per minute"),
        **dict.fromkeys(audiences.PHOTOS, "600 per minute"),
        **dict.fromkeys(audiences.DRAWN, "120 per minute"),
        **dict.fromkeys(audiences.HOOKS, "12000 per minute"),
        audiences.TAPPED: "240 per minute",
        f"POST {audiences.TAPPED}": "20 per minute;400 per hour",
    }
    for endpoint in audiences.without_csrf(app):
        csrf.exempt(app.view_functions[endpoint])
        # The demo carrier, as often and from one address as supervisors. Programs keep the coarse net: a key is
        # counted by itself, what comes without one is not.
        if endpoint not in guessable and not endpoint.startswith("api."):
            limiter.exempt(app.view_functions[endpoint])
    for endpoint in ("public.healthz", "public.readyz"):
        limiter.exempt(app.view_functions[endpoint])
    errors.register(app)
    headers.register(app)
    assets.register(app)
    filters.register(app)
    if _behind_proxy(app.config["DANGOL"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=0)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(ROOT / "static"), prefix="static/", max_age=3600
    )


def _behind_proxy(config: Any) -> bool:
    # Whoever reaches a loopback address from outside came through a proxy on this machine.
    return bool(config.public_url) and is_loopback(config.host) and not config.tls


def _commands(app: Flask) -> None:
    from app.cli.commands import register

    register(app)
