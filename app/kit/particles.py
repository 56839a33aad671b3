"""Korean particles, which follow the last sound of the word before them."""

from __future__ import annotations

# Whether the Korean reading of a final digit or letter ends in a consonant; ㄹ is told apart for (으)로.
_DIGIT_FINAL = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_LATIN_FINAL = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_PAIRS = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "아/야": ("아", "야"),
    "이에요/예요": ("이에요", "예요"),
    "이라는/라는": ("이라는", "라는"),
}


def _final(word: str) -> str:
    """Return the final sound of a word: "" for a vowel, "ㄹ", or another consonant."""
    for char in reversed(word.strip()):
        if "가" <= char <= "힣":
            index = (ord(char) - 0xAC00) % 28
            return "" if index == 0 else ("ㄹ" if index == 8 else "ㄱ")
        if char.isdigit():
            return _DIGIT_FINAL.get(char, "")
        if char.isalpha():
            return _LATIN_FINAL.get(char.upper(), "")
    return ""


def josa(word: str, pair: str) -> str:
    """Return the word with the particle that fits its last sound: josa("라떼", "을/를") → "라떼를".

    `pair` is one of 은/는, 이/가, 을/를, 과/와, 아/야, 이에요/예요, 이라는/라는, 으로/로.
    Raises KeyError for any other pair.
    """
    final = _final(word)
    if pair == "으로/로":
        return word + ("로" if final in ("", "ㄹ") else "으로")
    with_final, without = _PAIRS[pair]
    return word + (with_final if final else without)
