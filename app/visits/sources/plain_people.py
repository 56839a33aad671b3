"""A list of people that a shop kept itself."""

from __future__ import annotations

from app.visits.source_contract import PEOPLE, Source

SOURCE = Source(
    key="plain_people",
    name="손님 명단",
    kind=PEOPLE,
    channel="file",
    marks=(),
    columns={
        "name": (
            "이름",
            "성명",
            "성함",
            "고객명",
            "고객이름",
            "고객 이름",
            "손님",
            "손님이름",
            "손님 이름",
            "회원명",
            "회원이름",
            "고객",
            "닉네임",
            "name",
        ),
        "phone": (
            "휴대폰",
            "휴대폰번호",
            "휴대폰 번호",
            "휴대전화",
            "휴대전화번호",
            "핸드폰",
            "핸드폰번호",
            "연락처",
            "전화번호",
            "전화",
            "번호",
            "mobile",
            "phone",
            "hp",
            "연락처1",
        ),
        "gender": ("성별",),
        "memo": ("메모", "비고", "특이사항", "참고", "기타", "memo"),
    },
    steps=("첫 줄에 이름, 휴대폰처럼 열 이름을 적어 주세요. 이름이나 휴대폰 하나만 있어도 돼요.",),
)
