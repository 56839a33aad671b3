"""`make screenshots`: start the demo on a fixed day, walk through it on a phone, keep every screen, light and dark.

The pictures in docs/screens are what the README and the owner's guide show. The demo is drawn from a fixed seed
and its clock stands on a fixed afternoon, so a picture changes when its screen does.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from bench.scenes import SCENES
from bench.servers import clean_env, free_port
from bench.stage import Demo, Scene, Visitor
from config import ROOT, load_config
from launch import debian, kinship
from launch.refusal import CannotRun

FOLDER = ROOT / "docs" / "screens"
# A Monday afternoon in Korea: 11월 23일(월) 오후 3:10.
MOMENT = datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
START_SECONDS = 120.0
PUBLIC_URL = "https://card.example.kr"
LINKS = {"owner", "customer", "phone", "2nd owner", "2nd join"}
# Letters stay sharp, the grain of the paper costs little: a tenth of the same picture as PNG.
QUALITY = 82
THEMES = ("light", "dark")


def main(arguments: list[str]) -> int:
    """Make every picture, or those named; 0 when all were made."""
    unknown = set(arguments) - {scene.name for scene in SCENES}
    if unknown:
        print(f"No such scene: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    wanted = [scene for scene in SCENES if not arguments or scene.name in arguments]
    try:
        debian.provide()
        with tempfile.TemporaryDirectory(prefix="dangol-screens-") as data, _demo(Path(data)) as demo:
            _walk(demo, wanted)
    except CannotRun as refusal:
        print("\n".join(refusal.sentences), file=sys.stderr)
        return 1
    return 0


@contextmanager
def _demo(data: Path) -> Iterator[Demo]:
    """Run the product with its demo shops, its clock on MOMENT, and read the links it prints."""
    port = free_port()
    shift = int((MOMENT - datetime.now(UTC)).total_seconds())
    # APP_ENV=test: only then may the clock be moved. PUBLIC_URL: posters and letters carry an address like a shop's.
    moved = {"APP_ENV": "test", "CLOCK_SHIFT": str(shift), "PUBLIC_URL": PUBLIC_URL}
    env = clean_env(DATA=str(data), PORT=str(port), DEMO="1", **moved)
    process = subprocess.Popen(
        [sys.executable, "-m", "launch.run"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=kinship.dying_with(os.getpid(), signal.SIGTERM),
    )
    try:
        here = f"http://127.0.0.1:{port}"
        links = {label: link.replace(PUBLIC_URL, here) for label, link in _links(process).items()}
        yield Demo(app=create_app(load_config(env)), links=links, base_url=here)
    finally:
        process.terminate()
        process.wait(30)


def _links(process: subprocess.Popen[str]) -> dict[str, str]:
    """Return the printed links by their label. Raises CannotRun when they do not come."""
    lines: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=_collect, args=(process.stdout, lines), daemon=True)
    reader.start()
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = {line[:10].strip(): line[10:].strip() for line in list(lines) if line[10:].startswith("http")}
        if found.keys() >= LINKS:
            return found
        time.sleep(0.1)
    raise CannotRun("The demo did not start. All it said:", *lines)


def _collect(stream: IO[str], lines: list[str]) -> None:
    for line in stream:
        lines.append(line.rstrip("\n"))


def _walk(demo: Demo, scenes: list[Scene]) -> None:
    """Photograph each scene in each theme, one after the other: a scene finds what those before it did."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visitors: dict[tuple[str, int, int], Visitor] = {}
        for scene in scenes:
            who = (scene.who, *scene.size)
            if who not in visitors:
                visitors[who] = _visitor(browser, demo, scene)
            visitor = visitors[who]
            scene.play(visitor)
            visitor.page.evaluate("scrollTo(0, 0)")
            for theme in THEMES:
                visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                visitor.page.wait_for_timeout(400)
                _keep(
                    visitor.page.screenshot(),
                    FOLDER / f"{scene.name}{'' if theme == 'light' else '-dark'}.webp",
                )
            visitor.page.emulate_media(color_scheme="light", reduced_motion="reduce")
            print(scene.name, flush=True)
        browser.close()


def _visitor(browser: Browser, demo: Demo, scene: Scene) -> Visitor:
    width, height = scene.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(15_000)
    context.clock.install(time=MOMENT)  # a phone that lives on another day would call the card a saved one
    return Visitor(demo, context.new_page())


def _keep(png: bytes, path: Path) -> None:
    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
