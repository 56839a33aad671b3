"""Korean texts in their morphemes (the tags are Sejong's: NNG a noun, VA an adjective, EC an ending that goes on …).

The analysis is a library's with a model of some 300 MB. It is loaded in a process of its own that ends, so that neither
web nor worker ever holds it (docs/decisions/review-words.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from app.kit import limited_process
from app.kit.limited_process import Limits

# The model is mapped into memory and counts as reserved; of what is really held a night's look took 520 MB at most.
LIMITS = Limits(memory_mb=2048, cpu_s=60, file_mb=64)
DEADLINE_S = 130.0
_PROGRAM = Path(__file__).with_name("morphemes_process.py")

Morphemes = list[tuple[str, str]]


def read(texts: Sequence[str], desk: Path, beside: Callable[[], bool] | None = None) -> list[Morphemes]:
    """Return the morphemes of each text as (form, tag); `desk` is an empty folder to work in.

    `beside` is called every second meanwhile, True ends it (Stopped). Raises FellOver when the process died of what it
    read, and OSError when the machine is to blame.
    """
    source, answer = desk / "texts", desk / "morphemes"
    source.write_text(json.dumps(list(texts), ensure_ascii=False), "utf-8")
    limited_process.run(
        _PROGRAM, str(source), str(answer), deadline_s=DEADLINE_S, limits=LIMITS, beside=beside
    )
    found = json.loads(answer.read_text("utf-8"))
    return [[(form, tag) for form, tag in one] for one in found]
