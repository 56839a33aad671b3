"""TLS=1: a certificate authority of this installation and a certificate for its addresses."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config import Config, is_any_address
from launch.keys import write_private
from launch.reach import lan_address

CA_LIFE = timedelta(days=3650)
# Apple refuses server certificates that live longer than 398 days (support.apple.com/102028).
LEAF_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
# The authority may speak for private networks and our own address only: whoever steals its key cannot
# imitate a bank to the phones that trust it (RFC 5280 section 4.2.1.10).
PRIVATE_NETWORKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
PRIVATE_NAMES = ("localhost", "local", "lan", "home.arpa", "internal")
Names = tuple[str, ...]


def make_certificates(config: Config, now: datetime | None = None) -> None:
    """Make the authority once and the certificate when it is missing, ends soon or lacks an address.

    The authority is made anew only when it may not speak for an address we now have.
    """
    moment = now or datetime.now(UTC)
    names = _names(config)
    folder = config.tls_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, key = _authority(folder, names, moment)
    if not _still_good(folder, names, authority, moment):
        _issue(folder, names, authority, key, moment)


def _names(config: Config) -> Names:
    names = {"localhost", "127.0.0.1", "::1", f"{_host_label()}.local"}
    if not is_any_address(config.host):
        names.add(config.host)
    elif address := lan_address():
        names.add(address)
    if config.public_url:
        names.add(urlsplit(config.public_url).hostname or "localhost")
    return tuple(sorted(names))


def _host_label() -> str:
    label = socket.gethostname().split(".")[0].lower()
    return label if label.isascii() and label.replace("-", "").isalnum() else "dangol"


def _permitted(names: Names) -> list[x509.GeneralName]:
    """Return what the authority may vouch for: private networks, and each of `names` outside them."""
    allowed: list[x509.GeneralName] = [
        *(x509.IPAddress(ipaddress.ip_network(network)) for network in PRIVATE_NETWORKS),
        *(x509.DNSName(suffix) for suffix in PRIVATE_NAMES),
    ]
    for name in names:
        if not _covered(name, allowed):
            own = _general_name(name)
            if isinstance(own, x509.IPAddress):
                own = x509.IPAddress(ipaddress.ip_network(name))
            allowed.append(own)
    return allowed


def _covered(name: str, allowed: Iterable[x509.GeneralName]) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        suffixes = [general.value for general in allowed if isinstance(general, x509.DNSName)]
        return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)
    networks = [ipaddress.ip_network(str(g.value)) for g in allowed if isinstance(g, x509.IPAddress)]
    return any(address in network for network in networks)


def _authority(
    folder: Path, names: Names, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        limits = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        speaks_for_us = all(_covered(name, limits.permitted_subtrees or ()) for name in names)
        lasts = certificate.not_valid_after_utc > now + LEAF_LIFE
        if isinstance(key, ec.EllipticCurvePrivateKey) and speaks_for_us and lasts:
            return certificate, key
    except (OSError, ValueError, x509.ExtensionNotFound):
        pass  # missing or unreadable: phones will have to be told about a new one
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Dangol {_host_label()} {now:%Y-%m-%d}")])
    builder = (
        _dated(name, name, key.public_key(), now, CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    write_private(folder / "ca.key", _pem(key))
    write_private(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _still_good(folder: Path, names: Names, authority: x509.Certificate, now: datetime) -> bool:
    try:
        leaf = x509.load_pem_x509_certificate((folder / "leaf.crt").read_bytes())
        held = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        leaf.verify_directly_issued_by(authority)
    except Exception:  # whatever is wrong with it, a new one is the answer
        return False
    covers = {str(name.value) for name in held} >= set(names)
    return (folder / "leaf.key").exists() and covers and leaf.not_valid_after_utc > now + RENEW_BEFORE


def _issue(
    folder: Path,
    names: Names,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dangol")])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    leaf = (
        _dated(subject, authority.subject, key.public_key(), now, LEAF_LIFE)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    write_private(folder / "leaf.key", _pem(key))
    write_private(folder / "leaf.crt", leaf.public_bytes(serialization.Encoding.PEM))


def _dated(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=24))  # a phone's clock may be behind ours
        .not_valid_after(now - timedelta(hours=24) + life)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
