"""Where else a shop is to be found: reading a pasted address. Pure.

Only pages of the places named here, and only https: our customers follow these in the shop's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.kit.refusals import Invalid

USE = "links"  # in Shop.uses
URL_MAX = 200


@dataclass(frozen=True)
class Site:
    """One place: its name, what its button says, an example, and host and path of what may be given."""

    name: str
    action: str
    example: str
    pages: re.Pattern[str]
    icon: str


SITES: Mapping[str, Site] = {
    "instagram": Site(
        "인스타그램",
        "인스타그램 보기",
        "https://www.instagram.com/dalbit_coffee",
        re.compile(r"(?:www\.|m\.)?instagram\.com/[A-Za-z0-9._]{1,30}/?"),
        "camera",
    ),
    "band": Site(
        "네이버 밴드",
        "밴드 들어가기",
        "https://band.us/@dalbit",
        re.compile(
            r"(?:www\.|m\.)?band\.us/(?:@[A-Za-z0-9_-]{1,40}|n/[A-Za-z0-9]{1,40}|(?:band|page)/[0-9]{1,20})/?"
        ),
        "people",
    ),
    "openchat": Site(
        "카카오톡 오픈채팅",
        "오픈채팅 들어가기",
        "https://open.kakao.com/o/gAbCdEf",
        re.compile(r"open\.kakao\.com/(?:o|me)/[A-Za-z0-9_]{1,40}/?"),
        "talk",
    ),
}
# Of these an address is only its page: what stands behind the "?" follows whoever shared it.
_WITHOUT_REST = {"instagram", "openchat"}


def clean_links(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the address of each place; "" for one the shop is not at. Raises Invalid with a sentence a field."""
    clean, wrong = {}, {}
    for sort, site in SITES.items():
        pasted = typed.get(sort, "").strip()
        clean[sort] = _address(sort, site, pasted) if pasted else ""
        if pasted and not clean[sort]:
            wrong[sort] = f"{site.name} 주소가 아니에요. 예: {site.example}"
    if wrong:
        raise Invalid(wrong)
    return clean


def handle(sort: str, url: str) -> str:
    """Return how an address is said on paper: @dalbit_coffee for Instagram, else host and path."""
    parts = urlsplit(url)
    if sort == "instagram":
        return "@" + parts.path.strip("/")
    return (parts.netloc + parts.path).removeprefix("www.").rstrip("/")


def _address(sort: str, site: Site, pasted: str) -> str:
    """Return the one address in what was pasted, with https; "" when it leads anywhere else."""
    if sort == "instagram" and (name := re.fullmatch(r"@([A-Za-z0-9._]{1,30})", pasted)):
        return f"https://www.instagram.com/{name[1]}"
    found = re.search(r"https?://(\S+)", pasted, re.IGNORECASE)
    url = f"https://{found[1] if found else pasted}"
    if len(url) > URL_MAX or not re.fullmatch(r"[\x21-\x7e]+", url) or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    # A browser goes up at "..", also at a masked one.
    if port is not None or "@" in parts.netloc or ".." in unquote(parts.path):
        return ""
    if site.pages.fullmatch(host + parts.path) is None:
        return ""
    rest = f"?{parts.query}" if parts.query and sort not in _WITHOUT_REST else ""
    return f"https://{host}{parts.path.rstrip('/')}{rest}"
