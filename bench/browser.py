"""What a phone loads: bytes and requests by Chromium, and Lighthouse when Node is there."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.report import Row
from bench.servers import Web

if TYPE_CHECKING:
    from playwright.sync_api import Response

LIGHTHOUSE = "lighthouse@12.8.2"
RUNS = 3
# (page, KB gz, requests) from the project's performance goals.
BOUNDS = {
    "card": (45.0, 8),
    "join page": (35.0, None),
    "owner's home": (60.0, None),
    "scan page": (80.0, None),
}


def first_loads(web: Web, pages: dict[str, tuple[str, str]]) -> list[Row]:
    """Load each page {name: (path, cookie)} in an empty browser; compressed as a proxy in front would."""
    from playwright.sync_api import sync_playwright

    rows = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, cookie) in pages.items():
            # The service worker's own copies come after the page; they are not what the visitor waits for.
            context = browser.new_context(
                viewport={"width": 390, "height": 844},
                has_touch=True,
                locale="ko-KR",
                service_workers="block",
            )
            if cookie:
                key, _, value = cookie.partition("=")
                context.add_cookies(
                    [{"name": key, "value": value, "url": web.url.replace("http:", "https:"), "secure": True}]
                )
            page = context.new_page()
            answers: list[Any] = []
            page.on("response", _keep(answers))
            page.goto(web.url + path, wait_until="load")
            page.wait_for_timeout(1200)
            rows += _weigh(name, [a for a in answers if urlsplit(a.url).scheme == "http"])
            context.close()
        browser.close()
    return rows


def _keep(answers: list[Any]) -> Callable[[Response], None]:
    def keep(answer: Response) -> None:
        answers.append(answer)

    return keep


def _weigh(name: str, answers: list[Any]) -> list[Row]:
    size = 0
    for answer in answers:
        if answer.status >= 400:
            raise RuntimeError(f"{answer.url} answered {answer.status}")
        if answer.status not in (204, 301, 302, 303, 304):
            body = answer.body()
            size += min(len(body), len(gzip.compress(body, 6)))
    most_kb, most_requests = BOUNDS[name]
    note = ", ".join(f"{urlsplit(a.url).path.rsplit('/', 1)[-1] or '/'}" for a in answers)
    rows = [Row(f"{name}, first load", size / 1024, " KB gz", must=most_kb, most=True, note=note)]
    if most_requests:
        rows.append(Row(f"{name}, requests of the first load", len(answers), must=most_requests, most=True))
    return rows


def lighthouse(web: Web, path: str, cookie: str, folder: Path) -> list[Row]:
    """Run Lighthouse three times on a page; says in words why not when Node is not there."""
    names = ("performance", "accessibility", "best-practices")
    if shutil.which("npx") is None:
        why = "Node is not installed (apt-get install nodejs npm)"
        return [
            Row(f"Lighthouse {name}, card", None, must=95 if name == names[0] else 100, note=why)
            for name in names
        ]
    folder.mkdir(parents=True)
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie}))
    reports = [_one_run(web.url + path, headers, folder / f"{number}.json") for number in range(RUNS)]
    found = [report for report in reports if report is not None]
    if not found:
        return [
            Row("Lighthouse, card", None, note="npx could not run it; is the package registry reachable?")
        ]
    rows = [
        Row(
            f"Lighthouse {name}, card",
            statistics.median(100 * _score(report, name) for report in found),
            must=95 if name == names[0] else 100,
            note=f"median of {len(found)}, mobile{_left_out(found, name)}",
        )
        for name in names
    ]
    for name, key, unit, must, scale in (
        ("LCP", "largest-contentful-paint", " s", 1.8, 1000),
        ("TBT", "total-blocking-time", " ms", 100, 1),
        ("CLS", "cumulative-layout-shift", "", 0.02, 1),
    ):
        value = statistics.median(report["audits"][key]["numericValue"] / scale for report in found)
        rows.append(Row(f"Lighthouse {name}, card", value, unit, must=must, most=True))
    return rows


def _score(report: dict[str, Any], name: str) -> float:
    """Return a category's score; without the audits Lighthouse itself failed at, when it failed at some."""
    category = report["categories"][name]
    if category["score"] is not None:
        return float(category["score"])
    weighed = [(ref["weight"], report["audits"][ref["id"]]["score"]) for ref in category["auditRefs"]]
    known = [(weight, score) for weight, score in weighed if weight and score is not None]
    return float(sum(weight * score for weight, score in known) / sum(weight for weight, _ in known))


def _left_out(reports: list[dict[str, Any]], name: str) -> str:
    failed = {
        ref["id"]
        for report in reports
        for ref in report["categories"][name]["auditRefs"]
        if report["audits"][ref["id"]]["scoreDisplayMode"] == "error"
    }
    return f", without {', '.join(sorted(failed))} (Lighthouse could not look at it)" if failed else ""


def _one_run(url: str, headers: Path, report: Path) -> dict[str, Any] | None:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dangol-bench"
    command = ["npx", "--yes", "--cache", str(cache), LIGHTHOUSE, url, "--quiet", "--output=json"]
    command += [
        f"--output-path={report}",
        f"--extra-headers={headers}",
        "--only-categories=performance,accessibility,best-practices",
    ]
    command.append("--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage")
    env = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    subprocess.run(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=300
    )
    if not report.exists():
        return None
    found: dict[str, Any] = json.loads(report.read_text())
    if found.get("runtimeError"):
        return None
    return found
