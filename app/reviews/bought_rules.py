"""What a shop may not promise: anything for a review on another site, or for a rating that pleases it. Pure.

Those sites punish reviews that were paid for, and to reward a rating deceives whoever reads it (표시광고법 3조, 추천·보증
심사지침). A reward for a review on our own card, whatever it says, is disclosed and stays allowed.
"""

from __future__ import annotations

import re
from itertools import pairwise

FOR_OUTSIDE = "다른 곳에 남기는 후기에는 혜택을 걸 수 없어요. 그 말을 빼 주세요."
FOR_EVENT = "후기를 써야 참여하는 이벤트는 열 수 없어요. 사진이나 게시판 글로 받아 주세요."
FOR_RATING = "별점에 따라 혜택을 드릴 수 없어요. 별점 이야기를 빼 주세요."

# A thought goes on over a comma and a line, and ends with its sentence.
_SENTENCES = re.compile(r"[.!?。~…]+\s*|\n{2,}")
_OUTSIDE = re.compile(
    r"네이버|카카오\s*(?:맵|지도|플레이스|톡?\s*(?:리뷰|후기))|구글|플레이스|영수증\s*(?:리뷰|후기)|블로그|인스타|카페\s*후기|당근(?!\s*(?:케[이익]|주스|쥬스|라페|머핀|쿠키|빵|김밥|수프|스프))|배민|배달의\s*민족"
    r"|요기요|쿠팡|스마트\s*스토어|지도\s*(?:앱|어플)|맘카페|유튜브|스레드|sns|다른\s*(?:곳|데|사이트|앱)|방문자\s*리뷰|naver|google|kakao",
    re.IGNORECASE,
)
_WRITING = re.compile(
    r"리뷰|후기|별점|평점|평가|포스팅|글\s*(?:을\s*)?(?:남|써|쓰|올)|(?:사진|인증)[^,]{0,6}올|review",
    re.IGNORECASE,
)
# What is given. "드려요" alone is said of many things: it counts where something stands before it that can be given.
_GIFT = re.compile(
    r"도장|쿠폰|적립|포인트|할인|증정|공짜|무료|사은품|선물|혜택|서비스\s*(?:로|를|드|받|!|$|예요|입니다|줄|제공|나가)|덤|상품권|기프티콘|당첨|추첨|경품"
    r"|(?:음료|커피|아메리카노|라떼|쿠키|빵|케이크|디저트|사이드|메뉴|감자튀김|콜라|사이다|계란찜|안주|한\s*잔|하나|한\s*개|한\s*병|천\s*원|만\s*원|\d+\s*원"
    r"|\d+\s*%|[가-힣]+)\s*(?:을|를|도|씩|더|또|무료로|서비스로|하나|한\s*잔|한\s*개)*\s*(?:드려|드립|드릴|드리|챙겨|쏩|쏠|깎아|빼\s*드|더\s*드|얹어)",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"별\s*(?:점|표)?\s*(?:을\s*)?(?:다섯|5|오)\s*(?:개|점)?|(?:별점|평점|평가|점수)\s*(?:을|를)?\s*(?:5|다섯|만점|높게|잘|좋게|후하게)|5\s*점|오점\s*만점|만점"
    r"|(?:높은|좋은)\s*(?:별점|평점|평가|점수|리뷰|후기)|(?:리뷰|후기)\s*(?:를|을)?\s*(?:좋게|예쁘게|잘)\s*(?:써|쓰|남겨|남기|적)|★{3,}|⭐{3,}|칭찬\s*(?:리뷰|후기)",
)
# One gives for it: if, when, in return.
_FOR_IT = re.compile(
    r"면|(?:남기|쓰|달|올리)고|시는\s*분|신\s*분|주신|하신|남기신|쓰신|올리신|하고|시고|(?:리뷰|후기|인증|별점|평점)\s*(?:시|하시|이벤트|작성|남겨|남기|써|쓰고|쓰|달고|참여|쓸|후)"
    r"|보답|대신|댓가|대가|감사의|이벤트|면\s*누구|때마다|분께|분들께|분에게"
)
# What was written has been; thanks promise nothing.
_NO_PROMISE = re.compile(
    r"(?:드리지|주지)\s*(?:않|못)|드릴\s*수\s*(?:없|가\s*없)|(?:안|못)\s*드(?:려|립|릴|리)|(?:혜택|대가|보상|보답)\s*없이"
)
# For whatever rating: then it is not for the rating. A review elsewhere it is for all the same.
_WHATEVER = re.compile(r"(?:상관|관계)\s*없이")


# Said of what the sentence before asked for: "네이버 리뷰를 남겨 주세요. 남기신 분께 음료를 드려요."
_DONE_SO = re.compile(r"(?:남기|써|쓰|올리|올려|작성하?|참여하?|인증하?|캡처|보여)[^,]{0,8}(?:신\s*분|면)")
_IF_SO = re.compile(r"면요?\s*$")
# How one takes part in what has a prize: "참여 방법: 영수증 리뷰 남기기". What was written before is thanked for, not asked for.
_TAKES_PART = re.compile(
    r"(?:남기|쓰|올리|달|적)(?:기|고|면|시면|시고|는\s*분|신\s*분|실)|남겨|써\s*(?:주|서|야)|올려|작성|인증|캡처|이벤트|참여|응모|당첨|추첨"
)
_WRITTEN_BEFORE = re.compile(
    r"(?:남겨|써|올려|작성해|적어)\s*주(?:신|셔|셨)|(?:남기|쓰|올리)신\s*(?:후기|리뷰|글)"
)
# A review of our own would have to say that it was written to win something, which an event can't see to.
_BY_A_REVIEW = re.compile(
    r"(?:후기|리뷰)(?!\S{0,2}\s*(?:말고|보고|읽고|보시고|읽으시고|작성\S*\s*(?:여부\S*\s*)?(?:상관|관계)\s*없))[^,]{0,12}?(?:남기|남겨|쓰(?:고|면|시|기|신|는)|써\s*(?:주|서|야)|올리|올려|적(?:고|으면|어)|작성|인증|캡처|응모)"
    r"|(?:후기|리뷰)\s*(?:왕|이벤트)"
)
_NOT_BY_ONE = re.compile(r"주셔서|주셨|지\s*않|아니어도|(?:참여|이벤트)\S*\s*(?:상관|관계)\s*없")
_OF_A_RATING = re.compile(r"(?<!특)별|★|⭐|평점|평가|점수|후기|리뷰")


def bought_words(text: str) -> str | None:
    """Return why a text may not go out: it promises something for a rating or for another site's review."""
    sentences = [each for each in _SENTENCES.split(text.replace("\r\n", "\n")) if each.strip()]
    for sentence in sentences:
        if _gives(sentence) and _FOR_IT.search(sentence) and (why := _asks(sentence)):
            return why
    for first, then in pairwise(sentences):
        if _gives(then) and _DONE_SO.search(then) and (why := _asks(first)):
            return why
        if _gives(first) and _IF_SO.search(then) and (why := _asks(then)):
            return why
    return None


def bought_gift(name: str) -> str | None:
    """Return why something that is given may not be called so: by its name it is for such a review."""
    return _asks(name)


def bought_prize(text: str) -> str | None:
    """Return why an event may not be called or told of so: a prize stands beside all of its words, so that none is for a
    review elsewhere, for a rating, or for a review at all.
    """
    if (why := bought_words(text)) is not None:
        return why
    for sentence in _SENTENCES.split(text.replace("\r\n", "\n")):
        if not _TAKES_PART.search(sentence) or _WRITTEN_BEFORE.search(sentence):
            continue
        why = _asks(sentence)
        if why == FOR_OUTSIDE or (why and _OF_A_RATING.search(sentence)):
            return why
    for sentence in _SENTENCES.split(text):
        if _BY_A_REVIEW.search(sentence) and not _NOT_BY_ONE.search(sentence):
            return FOR_EVENT
    return None


def _gives(sentence: str) -> bool:
    return _GIFT.search(sentence) is not None and _NO_PROMISE.search(sentence) is None


def _asks(sentence: str) -> str | None:
    """Return what may not be rewarded in a sentence: a rating, or a review elsewhere."""
    if _RATING.search(sentence) and not _WHATEVER.search(sentence):
        return FOR_RATING
    return FOR_OUTSIDE if _OUTSIDE.search(sentence) and _WRITING.search(sentence) else None
