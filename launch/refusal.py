"""The launcher's way of saying no: sentences for the terminal, exit code 2."""

from __future__ import annotations


class CannotRun(Exception):
    """`make run` cannot go on; `sentences` holds one line for each reason."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
