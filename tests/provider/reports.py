"""Reports that come late, twice, in the wrong order, or from somebody who is not the provider."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace

from launch.provider_bench.postman import Note, Postman

NAMES = ("late", "twice", "disordered", "forged")


class Mangling:
    """What is done to the next reports, by name. `late_s`: how late a late one is, in seconds."""

    def __init__(self, postman: Postman, late_s: float = 5.0) -> None:
        self.late_s = late_s
        self._planned: list[str] = []
        self._lock = threading.Lock()
        postman.mangle = self._mangle

    def play(self, fault: str, times: int = 1) -> None:
        """Let the next reports be mangled so."""
        assert fault in NAMES, fault
        with self._lock:
            self._planned += [fault] * times

    def _mangle(self, notes: list[Note]) -> list[Note]:
        with self._lock:
            return [one for note in notes for one in self._changed(note)]

    def _changed(self, note: Note) -> list[Note]:
        fault = self._planned.pop(0) if self._planned else ""
        plays: dict[str, Callable[[Note], list[Note]]] = {
            "late": lambda one: [replace(one, due=one.due + self.late_s)],
            "twice": lambda one: [one, one],
            "forged": lambda one: [_forged(one), one],
            "disordered": lambda one: [one, _earlier(one)],
        }
        return plays.get(fault, lambda one: [one])(note)


def _forged(note: Note) -> Note:
    """Say that the message failed, with a secret that is a guess."""
    headers = {
        name: "guess" if name in ("X-SOLAPI-SECRET", "X-Toast-Webhook-Signature") else value
        for name, value in note.headers.items()
    }
    return replace(note, headers=headers, body=_coded(note.body, "3032", "3003"))


def _earlier(note: Note) -> Note:
    """Say afterwards what was true before: SOLAPI's 3000, "handed to the carrier"."""
    return replace(note, body=_coded(note.body, "3000", ""))


def _coded(body: bytes, solapi: str, nhn: str) -> bytes:
    content = json.loads(body)
    if isinstance(content, list):
        for event in content:
            event["data"]["statusCode"] = solapi
            event["eventDataId"] += "x"
    else:
        for hook in content["hooks"]:
            hook["resultCode"] = nhn
            hook["hookId"] += "x"
    return json.dumps(content, ensure_ascii=False).encode()
