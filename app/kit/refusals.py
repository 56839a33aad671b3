"""Refusals are facts of the business, not accidents: each carries the sentence that a person is shown."""

from __future__ import annotations


class Refused(Exception):
    """Something the shop's rules do not allow.

    `sentence` is Korean and says what to do next; `code` is a short stable English word for tests,
    logs and scripts; `status` is the HTTP status a door answers with.
    """

    code = "refused"
    status = 409
    sentence = "지금은 할 수 없어요. 잠시 뒤에 다시 해 주세요."

    def __init__(self, sentence: str | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)


class NotHere(Refused):
    """Nothing of that name in this shop (also said of another shop's things: S05)."""

    code = "not_here"
    status = 404
    sentence = "찾으시는 것이 없어요. 주소를 다시 확인해 주세요."


class Invalid(Refused):
    """A form that can't be accepted. `fields` maps a field's name to the sentence beside it."""

    code = "invalid"
    status = 422
    sentence = "입력한 내용을 다시 확인해 주세요."

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__(next(iter(fields.values()), None))
