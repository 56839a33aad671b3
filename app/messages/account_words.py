"""What is wrong with a shop's own account, in the owner's words: what happened, and what to do next. Pure."""

from __future__ import annotations

from app.kit.particles import josa
from app.messages.contract import Accepted, Outcome, Rejected

_SENTENCES = {
    "keys": "{가} 이 키를 모른다고 해요. 키를 다시 복사해서 붙여 주세요.",
    "sender": "{에} 이 발신번호가 등록되어 있지 않아요. {에서} 발신번호를 등록한 다음 다시 해 주세요.",
    "balance": "{에} 남은 돈이 모자라요. {에서} 충전한 다음 다시 해 주세요.",
    "blocked": "{가} 이 계정으로 보내는 것을 막아 두었다고 해요. {에} 물어봐 주세요.",
    "profile": "{에} 이 카카오톡 채널이 연결되어 있지 않아요. pfId를 다시 확인해 주세요.",
    "away": "{에} 연결하지 못했어요. 잠시 뒤에 다시 해 주세요.",
    "busy": "{가} 지금 바쁘다고 해요. 몇 분 뒤에 다시 해 주세요.",
    "odd": "{가} 알 수 없는 답을 했어요. 잠시 뒤에 다시 하고, 또 그러면 {에} 물어봐 주세요.",
    "number": "이 휴대폰 번호로는 보낼 수 없다고 해요. 번호를 확인해 주세요.",
    "unsure": "보냈는지 확인하지 못했어요. 휴대폰에 왔는지 먼저 보고, 안 왔으면 다시 해 주세요.",
    "refused": "{가} 받지 않았어요. 발신번호와 남은 돈을 확인한 다음 다시 해 주세요.",
}


def said(label: str, trouble: str) -> str:
    """Return the sentence for a trouble with the provider of that label. Raises KeyError for an unknown one."""
    words = {"가": josa(label, "이/가"), "에": f"{label}에", "에서": f"{label}에서"}
    sentence = _SENTENCES[trouble]
    for name, word in words.items():
        sentence = sentence.replace("{" + name + "}", word)
    return sentence


def met(label: str, outcome: Outcome) -> tuple[str, str]:
    """Return what the try of an account met, as one word, and the sentence for it; "" and "" when it went well."""
    if isinstance(outcome, Accepted):
        return "", ""
    if not isinstance(outcome, Rejected):
        return "unsure", said(label, "unsure")
    if outcome.account:
        return ("keys" if outcome.account == said(label, "keys") else "account"), outcome.account
    causes = (
        ("away", outcome.transport),
        ("number", outcome.dead_address),
        ("busy", outcome.retry_after_s is not None),
    )
    trouble = next((word for word, is_so in causes if is_so), "refused")
    return trouble, said(label, trouble)
