"""Every way in which a provider may fail a caller, by name: F09 and F10 of the list of faults.

A fault is played for the next n calls (`play`), or by chance with a seed (`share`), to calls that send (POST to a
sending address) and, where it makes sense, to calls that look up.
"""

from __future__ import annotations

import random
import re
import select
import socket
import struct
import threading
import time
from collections.abc import Callable

from launch.provider_bench.calls import Answer, Call, as_json
from launch.provider_bench.carrier import Carrier, Parcel
from launch.provider_bench.server import Line

# The call is acted on before it goes wrong: whoever sends again without asking sends twice.
AFTER = ("500_after", "lost", "hang_after", "drip", "garbage", "huge", "cut")
# Nothing was taken in. That a caller can't know it, but for the 429, is the point.
BEFORE = ("500_before", "hang_before", "reset_before", "302", "429", "503_busy")
PARTIAL = ("partial",)
# "refuse" closes the port (Bench.refusing); reports have faults of their own (reports.py).
NAMES = (*AFTER, *BEFORE, *PARTIAL)
LOOKUP = ("500_before", "hang_before", "reset_before", "garbage", "302", "429", "drip", "huge")
HUGE_BYTES = 300 * 1024 * 1024

_SENDS = re.compile(r"/messages/v4/send-many/detail|/sms/.+/sender/.+|/alimtalk/.+/messages")


class Moody:
    """Manners that fail on demand. `hang_s`: how long a hanging call is kept at most, in seconds."""

    def __init__(self, carrier: Carrier, *, seed: int = 0, share: float = 0.0, hang_s: float = 2.0) -> None:
        self.carrier = carrier
        self.hang_s = hang_s
        self.share = share
        self.chance: tuple[str, ...] = NAMES  # what may come by chance
        self.played: list[str] = []
        self._dice = random.Random(seed)
        self._planned: list[str] = []
        self._lock = threading.Lock()

    def play(self, fault: str, times: int = 1, *, lookups: bool = False) -> None:
        """Let the next calls that send (or that look up) fail so."""
        assert fault in (LOOKUP if lookups else NAMES), fault
        with self._lock:
            self._planned += [f"lookup:{fault}" if lookups else fault] * times

    def reseed(self, seed: str) -> None:
        """Throw the dice anew, always in the same way for the same word."""
        self._dice = random.Random(seed)

    def calm(self) -> None:
        """Behave from now on."""
        with self._lock:
            self.share, self._planned = 0.0, []

    def meet(self, line: Line, call: Call, act: Callable[[], Answer]) -> None:
        """Answer a call as the moment wants it."""
        fault = self._mood(call)
        if not fault:
            line.answer(act())
            return
        self.played.append(fault)
        if fault in PARTIAL:
            self._partly(line, act)
        elif fault in AFTER:
            _misbehave(line, fault, act(), self.hang_s)
        else:
            _misbehave(line, fault, Answer(500, b"{}"), self.hang_s)

    def _mood(self, call: Call) -> str:
        sends = call.method == "POST" and _SENDS.fullmatch(call.path) is not None
        looks = call.method == "GET" and ("/messages" in call.path or "/sender/" in call.path)
        with self._lock:
            mine = [one for one in self._planned if one.startswith("lookup:") != sends]
            if mine and (sends or looks):
                self._planned.remove(mine[0])
                return mine[0].removeprefix("lookup:")
            if not (sends or looks) or self._dice.random() >= self.share:
                return ""
            return self._dice.choice([one for one in self.chance if sends or one in LOOKUP])

    def _partly(self, line: Line, act: Callable[[], Answer]) -> None:
        """Take every second message of the call in, and turn the others away."""
        turn = [False]

        def every_second(parcel: Parcel) -> bool:
            turn[0] = not turn[0]
            return turn[0]

        with self.carrier.lock:
            before, self.carrier.turns_away = self.carrier.turns_away, every_second
            try:
                answer = act()
            finally:
                self.carrier.turns_away = before
        line.answer(answer)


def _misbehave(line: Line, fault: str, answer: Answer, hang_s: float) -> None:
    handler = line.handler
    if fault.startswith("hang"):
        select.select([handler.connection], [], [], hang_s)  # readable: the caller gave up
    elif fault in ("lost", "reset_before"):
        # RST instead of FIN: the caller reads "connection reset by peer".
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
    elif fault == "garbage":
        line.answer(Answer(200, "<html>점검 중입니다</html>".encode(), {"Content-Type": "text/html"}))
    elif fault == "cut":
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(answer.body) + 1000))
        handler.end_headers()
        handler.wfile.write(answer.body[: len(answer.body) // 2])
    elif fault == "drip":
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(20):
            handler.wfile.write(b" ")
            time.sleep(hang_s / 20)
    elif fault == "huge":
        handler.send_response(200)
        handler.send_header("Content-Length", str(HUGE_BYTES))
        handler.end_headers()
        for _ in range(HUGE_BYTES // (1 << 20)):
            handler.wfile.write(b" " * (1 << 20))
    elif fault == "302":
        line.answer(Answer(302, headers={"Location": "http://127.0.0.1:9/"}))
    elif fault == "429":
        line.answer(Answer(429, b"{}", {"Retry-After": "1"}))
    elif fault == "503_busy":
        line.answer(Answer(503, b"{}", {"Retry-After": "1"}))
    else:  # 500_before, 500_after
        line.answer(as_json({"errorCode": "InternalServerError", "errorMessage": "서버 오류"}, 500))
