"""The local authority: kept, for private networks only; its certificate is renewed in time."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from config import Config, read_config
from launch import tls

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def settings(folder: Path, **more: str) -> Config:
    """Return a configuration with TLS=1."""
    return read_config({"DATA": str(folder), "TLS": "1", "HOST": "192.168.0.9", **more}, need_secrets=False)[
        0
    ]


def leaf(folder: Path) -> x509.Certificate:
    """Return the server's certificate."""
    return x509.load_pem_x509_certificate((folder / "tls" / "leaf.crt").read_bytes())


def test_made_once_renewed_in_time_and_for_a_new_address(tmp_path: Path) -> None:
    tls.make_certificates(settings(tmp_path), NOW)
    authority, first = (tmp_path / "tls" / "ca.crt").read_bytes(), leaf(tmp_path)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in (tmp_path / "tls").glob("*.key"))

    tls.make_certificates(settings(tmp_path), NOW + timedelta(days=360))
    assert leaf(tmp_path) == first, "still good for a month"
    tls.make_certificates(settings(tmp_path), NOW + timedelta(days=370))
    renewed = leaf(tmp_path)
    assert renewed != first
    moved = settings(tmp_path, HOST="10.1.2.3")
    tls.make_certificates(moved, NOW + timedelta(days=370))
    assert leaf(tmp_path) != renewed

    assert (tmp_path / "tls" / "ca.crt").read_bytes() == authority, "phones that trust it need nothing new"


def test_what_phones_ask_of_a_certificate(tmp_path: Path) -> None:
    tls.make_certificates(settings(tmp_path), NOW)
    certificate = leaf(tmp_path)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=398)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"192.168.0.9", "127.0.0.1", "localhost"} <= {str(name.value) for name in names}
    authority = x509.load_pem_x509_certificate((tmp_path / "tls" / "ca.crt").read_bytes())
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    certificate.verify_directly_issued_by(authority)


def test_the_authority_speaks_for_private_networks_and_our_own_address_only(tmp_path: Path) -> None:
    tls.make_certificates(settings(tmp_path), NOW)
    private = permitted(tmp_path)
    assert "192.168.0.0/16" in private
    assert not any(name in private for name in ("192.0.2.7/32", "shop.example"))
    # An address the authority may not vouch for: a new authority, which names that address alone.
    tls.make_certificates(settings(tmp_path, HOST="192.0.2.7", PUBLIC_URL="https://shop.example:8000"), NOW)
    assert permitted(tmp_path) == private | {"192.0.2.7/32", "shop.example"}


def permitted(folder: Path) -> set[str]:
    """Return what the authority may vouch for."""
    authority = x509.load_pem_x509_certificate((folder / "tls" / "ca.crt").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return {str(general.value) for general in limits.permitted_subtrees or ()}
