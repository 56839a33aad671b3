"""A text without a space is broken as fast as any other: a picture is drawn for whoever asks."""

from __future__ import annotations

import time

from app.kit.pdf import width_of, wrapped


def test_a_thousand_letters_without_a_space_cost_next_to_nothing() -> None:
    width_of("가", 32)
    begun = time.process_time()
    lines = wrapped("나" * 1000, 32, 732)
    spent = time.process_time() - begun
    assert "".join(lines) == "나" * 1000
    assert all(width_of(line, 32) <= 732 for line in lines)
    assert width_of(lines[0] + "나", 32) > 732, "as much on a line as fits"
    assert spent < 0.08
    assert wrapped("나나", 32, 1) == ["나", "나"], "one letter at least"
