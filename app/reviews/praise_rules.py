"""What a review praises and what it blames, by its morphemes. Pure.

A clause says how something is; the sense turns with what denies it ("친절하지 않아요", "안 기다렸어요", "불편함이 없어요"), and
a wish ("컵이 더 컸으면 좋겠어요") says what is missed. What can't be told is left out: a word less is better than a word
on the wrong side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.reviews.praise_words import (
    BLAME,
    CALLED,
    GENERIC,
    OF_ANOTHER,
    OWN,
    PAIRS,
    PRAISE,
    TASTES,
    TOO,
    TOPICS,
)

_OTHER = {PRAISE: BLAME, BLAME: PRAISE}
_NOUNS = ("NNG", "NNP", "NNB", "XR", "NR")
_PREDICATES = ("VA", "VV", "VX")
# By these a noun is not what the clause speaks of: from there, more than that, at that price.
_ASIDE = ("JKB", "JKG", "JKV")
_ENDS = ("EC", "EF", "SF")
_DENIES = ("않", "못하", "말")
_NOT = ("안", "못")
# Nobody knows yet, or it is still to come.
_OPEN = ("는지", "ᆯ지", "을지", "ᆫ지", "은지", "ᆯ게요", "을게요", "ᆯ게", "ᆯ까요", "을까요", "나요", "ᆫ가요", "은가요", "어도", "아도", "라도", "더라도")  # fmt: skip
# 기다린 보람, 기다릴 만해요; 더운 날
_AFTER_ALL = {"보람", "만", "만큼", "날", "날씨", "여름", "겨울", "계절"}
# Of what one speaks of there should be more, or it should be so.
_MORE = {"있", "많", "크", "작", "넓", "늘", "늘리", "길", "짧", "빠르", "싸", "낮"}


@dataclass
class _Clause:
    """What has been said since the last ending: topics, adverbs, and whether something stands denied before."""

    topics: list[str]
    adverbs: set[str]
    noun: str = ""  # the last one: what is there or lacking is just this
    before: tuple[str, ...] = ()  # what the clause before spoke of: "진하고 깔끔해요" goes on with it

    def clear(self) -> None:
        self.before = tuple(self.topics)
        self.topics.clear()
        self.adverbs.clear()
        self.noun = ""


@dataclass(frozen=True)
class _Piece:
    """A word put together of its morphemes: its lemma, its kind (noun, verb, adverb, mark) and where it ends."""

    lemma: str
    kind: str
    after: int  # the place of the morpheme behind it


def said(morphemes: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what a text says as (word, praise | blame), each once. `morphemes`: (form, Sejong tag)."""
    tokens = [(form, tag.partition("-")[0]) for form, tag in morphemes]
    found: set[tuple[str, str]] = set()
    clause = _Clause([], set())
    wished = False  # the predicate that comes closes a wish: "… 면 좋겠어요"
    place = 0
    while place < len(tokens):
        piece = _piece(tokens, place)
        if piece.kind == "noun":
            clause.noun = piece.lemma
        if piece.kind == "noun" and piece.lemma in TOPICS and not _is_aside(tokens, piece.after):
            clause.topics.append(TOPICS[piece.lemma])
        if piece.kind in ("verb", "noun", "adverb"):
            if wished and piece.kind == "verb":
                wished = False
                if _is_good(piece.lemma):
                    place = piece.after
                    continue
            told = _told(piece, clause, tokens)
            if told:
                if piece.kind == "verb" and _opens_wish(tokens, piece.after):
                    found |= {(word, BLAME) for word, _side in told}
                    wished = True
                elif not _is_open(tokens, piece):
                    turns = _turns(tokens, place, piece)
                    found |= {(word, _OTHER[side] if turns else side) for word, side in told}
            elif (
                piece.kind == "verb"
                and piece.lemma in _MORE
                and clause.topics
                and _opens_wish(tokens, piece.after)
            ):
                found |= {(word, BLAME) for word in clause.topics}
                wished = True
        if piece.kind == "adverb":
            clause.adverbs.add(piece.lemma)
        for form, tag in tokens[place : piece.after]:
            if tag in _ENDS and not (tag == "EC" and form in ("지", "어", "아", "게")):
                clause.clear()
        place = piece.after
    return {(CALLED.get((word, side), word), side) for word, side in found}


def _piece(tokens: Sequence[tuple[str, str]], place: int) -> _Piece:
    """Put together what begins here: 불+친절+하, 별로+이, 기다리+ᆷ, 맛+있 as far as they are one word."""
    form, tag = tokens[place]
    after = place + 1
    if tag == "XPN" and after < len(tokens) and form in ("불", "비", "무"):
        form, tag, after = form + tokens[after][0], tokens[after][1], after + 1
    following = tokens[after] if after < len(tokens) else ("", "")
    if following[1] in ("XSA", "XSV") and tag in (*_NOUNS, "MAG"):
        return _Piece(form + following[0], "verb", after + 1)
    if tag in ("NNG", "MAG", "XR") and following[1] == "VCP":
        return _Piece(form, "verb" if form in GENERIC or form in OWN else "noun", after)
    if form == "없이":
        return _Piece("없", "verb", after)
    if tag in _PREDICATES:
        if form == "들" and [each for each, _tag in tokens[max(0, place - 2) : place]] == ["마음", "에"]:
            return _Piece("마음에들", "verb", after)
        if following[1] == "ETN" and (behind := tokens[after + 1 : after + 2]) and behind[0][1] != "VX":
            name = {"기다리": "기다림", "아쉽": "아쉬움"}.get(form)
            if name is not None:
                return _Piece(name, "noun", after + 1)
        return _Piece(form, "verb", after)
    if tag in _NOUNS:
        return _Piece(form, "noun", after)
    if tag in ("MAG", "MAJ"):
        return _Piece(form, "adverb", after)
    return _Piece(form, "mark", after)


def _told(piece: _Piece, clause: _Clause, tokens: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a word says of what its clause is about, before anything denies it."""
    lemma = piece.lemma
    if piece.kind == "verb" and lemma in TASTES and clause.adverbs & TOO:
        return [("맛", BLAME)]
    if lemma in OWN and (piece.kind != "noun" or lemma not in TOPICS):
        word, side = OWN[lemma]
        others = [each for each in (clause.topics or clause.before) if each in OF_ANOTHER.get(lemma, ())]
        return [(each, side) for each in others] or [(word, side)]
    topics = list(dict.fromkeys(clause.topics))
    if lemma in ("있", "없"):
        topics = [TOPICS[clause.noun]] if clause.noun in TOPICS else []
    pairs = [(each, PAIRS[each, lemma]) for each in topics if (each, lemma) in PAIRS]
    if pairs and piece.kind == "verb":
        return pairs[-1:]
    if lemma in GENERIC and _is_said(piece, tokens):
        return [(each, GENERIC[lemma]) for each in topics] or [
            (each, GENERIC[lemma]) for each in _named_after(tokens, piece.after)
        ]
    return []


def _is_said(piece: _Piece, tokens: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a word stands as what is said: 별로 before a predicate only weakens it."""
    if piece.kind == "verb":
        return True
    behind = tokens[piece.after][1] if piece.after < len(tokens) else "SF"
    return behind in ("SF", "SP", "SW", "SE", "EF", "VCP", "JKG") or piece.after >= len(tokens)


def _named_after(tokens: Sequence[tuple[str, str]], after: int) -> list[str]:
    """Return what "좋은 분위기", "최고의 맛", "아쉬운 점은 주차예요" speak of: the noun behind."""
    if after >= len(tokens) or tokens[after][1] not in ("ETM", "JKG"):
        return []
    for form, tag in tokens[after + 1 : after + 6]:
        if tag in _NOUNS and form in TOPICS:
            return [TOPICS[form]]
        if tag in (*_PREDICATES, *_ENDS):
            break
    return []


def _is_aside(tokens: Sequence[tuple[str, str]], after: int) -> bool:
    while (
        after < len(tokens) and tokens[after][1] in ("XSN", "NNB") and tokens[after][0] in ("님", "들", "분")
    ):
        after += 1
    return after < len(tokens) and tokens[after][1] in _ASIDE


def _is_good(lemma: str) -> bool:
    return GENERIC.get(lemma) == PRAISE or lemma in ("하", "되")


def _opens_wish(tokens: Sequence[tuple[str, str]], after: int) -> bool:
    """Tell whether "…(으)면" follows and then something good: what is wished for is missed."""
    for place in range(after, min(after + 4, len(tokens))):
        form, tag = tokens[place]
        if tag == "EC" and form.endswith("면"):
            for lemma, kind in tokens[place + 1 : place + 5]:
                if kind in (*_PREDICATES, *_NOUNS) and (_is_good(lemma) or _is_good(lemma + "하")):
                    return True
                if kind in _PREDICATES:
                    return False
            return False
        if tag not in ("EP", "VX", "EC"):
            return False
    return False


def _is_open(tokens: Sequence[tuple[str, str]], piece: _Piece) -> bool:
    """Tell whether it is asked, doubted, promised or granted: 맛있는지 모르겠어요, 식어도 맛있어요; 더운 날 is the weather.

    Who waits may be the shop (기다리셔요), and what one looks forward to is no waiting (기다려져요).
    """
    after = piece.after
    if piece.lemma == "기다리" and {("시", "EP"), ("지", "VX")} & set(tokens[after : after + 2]):
        return True
    for place in range(after, min(after + 3, len(tokens))):
        form, tag = tokens[place]
        if tag in ("EC", "EF") and form in _OPEN:
            return True
        if tag == "ETM" and {each for each, _tag in tokens[place + 1 : place + 2]} & _AFTER_ALL:
            return True
        if tag in ("EC", "EF", "SF"):
            return False
    return False


def _turns(tokens: Sequence[tuple[str, str]], place: int, piece: _Piece) -> bool:
    """Tell whether what is said is denied: by what follows (…지 않아요, …이 없어요) or stands right before (안 …)."""
    turns = any(form in _NOT and tag == "MAG" for form, tag in tokens[max(0, place - 1) : place])
    behind = list(tokens[piece.after : piece.after + 7])
    for number, (form, tag) in enumerate(behind):
        if tag in ("VX", "VA", "VV") and form in _DENIES:
            return not turns
        if form == "없" and tag == "VA" and number and behind[number - 1][1] in ("JKS", "JX", "ETN"):
            return not turns
        if form == "없이" or (form == "아니" and tag in ("VCN", "VA")):
            return not turns
        if tag in ("EC", "EF", "SF") and form != "지":
            break
        if tag in ("NNG", "NNP", "VA", "VV", "MAG"):
            break
    return turns
