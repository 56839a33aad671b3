"""알림톡 templates and the inspectors at Kakao who let them pass or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Inferred from Kakao's guide for writing 알림톡: information only, nothing that advertises. Real inspectors
# are people and take one or two working days.
_ADVERTISES = re.compile(r"\(광고\)|할인|특가|이벤트|세일|증정|1\+1")
_VARIABLE = re.compile(r"#\{([^{}]+)\}")
MOST_VARIABLES = 40
CATEGORIES = {
    "001001": "회원가입",
    "004001": "구매완료",
    "006002": "이용안내/공지",
    "008001": "멤버십 적립",
    "999999": "기타",
}


@dataclass
class TalkTemplate:
    """A text at Kakao. state: written | asked | approved | refused."""

    code: str
    account: str
    profile: str  # pfId | senderKey
    name: str
    text: str
    buttons: list[dict[str, Any]] = field(default_factory=list)
    state: str = "written"
    comment: str = ""
    made_at: float = 0.0
    asked_at: float = 0.0

    @property
    def variables(self) -> list[str]:
        """Return the names between #{ and }, each once."""
        return list(dict.fromkeys(_VARIABLE.findall(self.text)))

    def filled(self, values: dict[str, str]) -> str | None:
        """Return the text with its variables filled, None when one is missing."""
        if any(name not in values for name in self.variables):
            return None
        return _VARIABLE.sub(lambda found: values[found.group(1)], self.text)


class Inspection:
    """All templates. An inspector looks at one `takes_s` seconds after it was asked for."""

    def __init__(self, clock: Callable[[], float], takes_s: float = 3.0) -> None:
        self._clock = clock
        self.takes_s = takes_s
        self._all: dict[str, TalkTemplate] = {}

    def add(self, template: TalkTemplate) -> None:
        """Keep a template."""
        self._all[template.code] = template

    def drop(self, code: str) -> None:
        """Throw a template away."""
        self._all.pop(code, None)

    def ask(self, template: TalkTemplate) -> None:
        """Hand a template to the inspectors."""
        template.state, template.comment, template.asked_at = "asked", "", self._clock()

    def find(self, account: str, code: str) -> TalkTemplate | None:
        """Return an account's template as it stands now."""
        found = self._all.get(code)
        if found is None or found.account != account:
            return None
        self._look(found)
        return found

    def of(self, account: str) -> list[TalkTemplate]:
        """Return an account's templates as they stand now."""
        mine = [template for template in self._all.values() if template.account == account]
        for template in mine:
            self._look(template)
        return mine

    def _look(self, template: TalkTemplate) -> None:
        if template.state != "asked" or self._clock() < template.asked_at + self.takes_s:
            return
        template.comment = _objection(template)
        template.state = "refused" if template.comment else "approved"


def _objection(template: TalkTemplate) -> str:
    """Return what an inspector finds wrong, "" for nothing."""
    if advertises := _ADVERTISES.search(template.text):
        return f"광고성 내용({advertises.group(0)})이 포함되어 있어 승인이 어렵습니다."
    if len(template.variables) > MOST_VARIABLES:
        return f"변수는 {MOST_VARIABLES}개까지 쓸 수 있습니다."
    if not _VARIABLE.sub("", template.text).strip():
        return "변수로만 이루어진 템플릿은 승인이 어렵습니다."
    return ""
