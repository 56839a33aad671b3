"""What differs per deployment, and where the secrets lie. Nothing about the business.

Settings come from the environment, and from a `.env` file beside this one (the environment wins).
Everything that is wrong is reported at once, one sentence each.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
LOOPBACK_NAMES = {"localhost", "ip6-localhost"}
# 32 random bytes each: the first signs cookies and forms, every other key is derived from the second.
SECRET_FILES = {"secret_key": "secret.key", "master_key": "master.key"}
VAPID_PRIVATE_FILE = "vapid_private.pem"
VAPID_PUBLIC_FILE = "vapid_public.txt"


class BadSettings(Exception):
    """The settings cannot be used; `sentences` holds one line for each thing that is wrong."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Config:
    """One deployment. Durations in seconds; paths absolute; keys never appear in a repr."""

    data_dir: Path
    host: str
    port: int
    public_url: str | None  # scheme://host[:port], without a trailing slash
    reach_url: str | None  # the same, as phones in this network reach us; the launcher finds it out
    tls: bool
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    demo: bool
    app_env: str  # production | test
    clock_shift_seconds: int
    demo_phone_url: str
    solapi_url: str | None  # where SOLAPI is, if not where it always is: a provider on the bench
    nhn_url: str | None  # the same for NHN Cloud, whose services are then under one address
    smtp_url: str | None = field(repr=False)  # smtp:// (STARTTLS where offered), smtps://, with user:password
    mail_from: str  # the address e-mails come from; the shop's name stands before it
    ads_need_080: bool
    web_processes: int
    web_threads: int
    secret_key: bytes = field(repr=False)
    master_key: bytes = field(repr=False)
    demo_phone_secret: str = field(repr=False)

    @property
    def secrets_dir(self) -> Path:
        """The 0700 folder of keys."""
        return self.data_dir / "secrets"

    @property
    def vapid_private_file(self) -> Path:
        """The PEM file of the web push key (RFC 8292)."""
        return self.secrets_dir / VAPID_PRIVATE_FILE

    @property
    def vapid_public_file(self) -> Path:
        """The public point of the web push key, base64url without padding (RFC 8292 section 3.2)."""
        return self.secrets_dir / VAPID_PUBLIC_FILE

    @property
    def files_dir(self) -> Path:
        """The folder of customers' photos; several web hosts share it."""
        return self.data_dir / "files"

    @property
    def tls_dir(self) -> Path:
        """The folder of the local certificate authority of TLS=1."""
        return self.data_dir / "tls"

    @property
    def tls_ca_file(self) -> Path | None:
        """The local authority's certificate with TLS=1, for clients of our own https address."""
        return self.tls_dir / "ca.crt" if self.tls else None

    @property
    def scheme(self) -> str:
        """What our own server speaks; a proxy in front of it may speak something else."""
        return "https" if self.tls else "http"

    @property
    def bind(self) -> str:
        """What the web server listens on, as host:port."""
        return f"{_url_host(self.host)}:{self.port}"

    @property
    def local_url(self) -> str:
        """Where this machine reaches its own web process."""
        return f"{self.scheme}://{_url_host(_own_address(self.host))}:{self.port}"

    @property
    def base_url(self) -> str:
        """What stands before links that people open on their phones."""
        return self.public_url or self.reach_url or self.local_url


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach `host` (a name or an address)."""
    return host.lower() in LOOPBACK_NAMES or getattr(_address(host), "is_loopback", False)


def is_any_address(host: str) -> bool:
    """Say whether listening on `host` means listening on every address."""
    return getattr(_address(host), "is_unspecified", False)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def load_config(env: Mapping[str, str] | None = None) -> Config:
    """Read the settings and the secrets.

    `env` replaces both the environment and `.env` (tests pass their own).
    Raises BadSettings with every wrong setting, and with one line when the secrets are missing.
    """
    config, wrong = read_config(env)
    if wrong:
        raise BadSettings(wrong)
    return config


def settings_source() -> dict[str, str]:
    """Return the environment laid over the `.env` file of the project folder."""
    from dotenv import dotenv_values

    beside = {k: v for k, v in dotenv_values(ROOT / ".env").items() if v is not None}
    return {**beside, **os.environ}


def read_config(
    env: Mapping[str, str] | None = None, *, need_secrets: bool = True
) -> tuple[Config, list[str]]:
    """Read everything that can be read and list what is wrong, so that a caller may add to the list.

    `need_secrets=False` is for the launcher, which makes the secrets after it has read the settings.
    """
    reader = _Reader(settings_source() if env is None else env)
    data_dir = Path(os.path.abspath(os.path.expanduser(reader.text("DATA") or str(ROOT / "data"))))
    app_env = reader.choice("APP_ENV", "production", ("production", "test"))
    tls = reader.flag("TLS", default=False)
    # TLS=1 exists for phones in the same network; a loopback address would be no use to them.
    host = reader.text("HOST") or ("0.0.0.0" if tls else "127.0.0.1")
    port = reader.number("PORT", 8000, 1, 65535)
    public_url = reader.checked("PUBLIC_URL", _public_url)
    if tls and public_url and public_url.startswith("http://"):
        reader.wrong.append("TLS=1 serves https, but PUBLIC_URL starts with http://. Change one of them.")
    shift = reader.number("CLOCK_SHIFT", 0, -10 * 366 * 86400, 10 * 366 * 86400)
    if shift and app_env != "test":
        reader.wrong.append("CLOCK_SHIFT is for fault tests: it needs APP_ENV=test.")
        shift = 0
    if reader.text("SMTP_URL") and not reader.text("MAIL_FROM"):
        reader.wrong.append("SMTP_URL is set, but MAIL_FROM (the address e-mails come from) is not.")
    keys, missing = _read_secrets(data_dir / "secrets")
    reader.wrong.extend(missing if need_secrets else [])
    gateway = f"http{'s' if tls else ''}://{_url_host(_own_address(host))}:{port}/demo/gateway"
    config = Config(
        data_dir=data_dir,
        host=host,
        port=port,
        public_url=public_url,
        reach_url=reader.checked("REACH_URL", _public_url),
        tls=tls,
        database_url=reader.checked("DATABASE_URL", _database_url) or f"sqlite:///{data_dir / 'dangol.db'}",
        redis_url=reader.checked("REDIS_URL", _redis_url),
        demo=reader.flag("DEMO", default=True),
        app_env=app_env,
        clock_shift_seconds=shift,
        demo_phone_url=(reader.checked("DEMO_PHONE_URL", _http_url) or gateway).rstrip("/"),
        solapi_url=(reader.checked("SOLAPI_URL", _http_url) or "").rstrip("/") or None,
        nhn_url=(reader.checked("NHN_URL", _http_url) or "").rstrip("/") or None,
        smtp_url=reader.checked("SMTP_URL", _smtp_url),
        mail_from=reader.checked("MAIL_FROM", _mail_address) or "",
        ads_need_080=reader.flag("ADS_NEED_080", default=False),
        web_processes=reader.number("WEB_PROCESSES", 2, 1, 64),
        web_threads=reader.number("WEB_THREADS", 8, 1, 64),
        secret_key=keys.get("secret_key", b""),
        master_key=keys.get("master_key", b""),
        demo_phone_secret=reader.text("DEMO_PHONE_SECRET") or _gateway_secret(keys.get("master_key", b"")),
    )
    return config, reader.wrong


class _Reader:
    """Reads one value at a time and collects what is wrong instead of stopping at the first."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.wrong: list[str] = []

    def text(self, name: str) -> str:
        return self.source.get(name, "").strip()

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if value in ("1", "true", "yes", "on"):
            return True
        if value in ("0", "false", "no", "off"):
            return False
        if value:
            self.wrong.append(f"{name}={value} is neither 1 nor 0.")
        return default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name)
        if not value:
            return default
        number = int(value) if value.removeprefix("-").isdecimal() else None
        if number is None or not low <= number <= high:
            self.wrong.append(f"{name}={value} is not a whole number from {low} to {high}.")
            return default
        return number

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name) or default
        if value not in allowed:
            self.wrong.append(f"{name}={value} is not one of: {', '.join(allowed)}.")
            return default
        return value

    def checked(self, name: str, check: Callable[[str], str]) -> str | None:
        """Return the value as `check` rewrites it; the value itself is not repeated: it may hold a password."""
        value = self.text(name)
        if not value:
            return None
        try:
            return check(value)
        except ValueError as reason:
            self.wrong.append(f"{name} {reason}.")
            return None


def _url(value: str, schemes: tuple[str, ...], example: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an open bracket, a port that is no number
        whole = False
    if not whole:
        raise ValueError(f"must look like {example}")
    return value


_http_url = partial(_url, schemes=("http", "https"), example="http://host:port/path")
_smtp_url = partial(_url, schemes=("smtp", "smtps"), example="smtp://user:password@host:587")


def _public_url(value: str) -> str:
    parts = urlsplit(_http_url(value))
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError("must be only scheme and host, like https://shop.example")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _database_url(value: str) -> str:
    scheme, found, rest = value.partition("://")
    if found and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if found and scheme == "sqlite" and rest.startswith("/") and rest != "/":
        return value
    raise ValueError("must start with postgresql:// or be sqlite:///path/to/file.db")


def _redis_url(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+", value):
        raise ValueError("must be one e-mail address, like card@shop.example")
    return value


def _read_secrets(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    keys: dict[str, bytes] = {}
    for name, file_name in SECRET_FILES.items():
        try:
            keys[name] = bytes.fromhex((folder / file_name).read_text("ascii"))
        except (OSError, ValueError):
            continue
    if all(len(keys.get(name, b"")) >= 32 for name in SECRET_FILES):
        return keys, []
    return {}, [
        f"The keys ({', '.join(SECRET_FILES.values())}) are missing in {folder}. Run `make run` once, or restore them from a backup."
    ]


def _gateway_secret(master_key: bytes) -> str:
    """Derive what the worker shows to our own demo gateway (HMAC-SHA256, RFC 2104)."""
    return hmac.new(master_key, b"demo-phone-gateway", hashlib.sha256).hexdigest()


def _own_address(host: str) -> str:
    return ("::1" if ":" in host else "127.0.0.1") if is_any_address(host) else host


def _url_host(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
