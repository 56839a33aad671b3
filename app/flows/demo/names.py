"""What the demo's people are called and what they open a QR with. Invented; nobody is meant."""

from __future__ import annotations

SURNAMES = tuple("김김김김이이이박박박최최정정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하")
_GIVEN = """
민서 서연 지우 하은 수빈 지민 예린 다은 채원 소율 가은 유나 하린 나연 지안 은서 시은 연우 세아 보미
미경 은주 현숙 정희 영미 경아 선영 혜진 미란 순자 옥희 명숙 정숙 영순 복순 은영 수정 지영 유진 진아
도윤 시우 준서 하준 지호 현우 건우 우진 민준 서준 은우 지훈 동현 성민 재현 태윤 승우 민재 정우 한결
영수 상철 병호 동수 기태 종민 경수 상훈 진호 용식 광수 창민 재석 성호 대현 명호 인철 덕수 만식 형준
"""
GIVEN_NAMES: tuple[str, ...] = tuple(_GIVEN.split())

# Generic browsers of the kind people really open a QR with; no version is anybody's.
USER_AGENTS: tuple[str, ...] = (
    "Mozilla/5.0 (Linux; Android 14; SM-S911N) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 KAKAOTALK",
    "Mozilla/5.0 (Linux; Android 13; SM-A536N) AppleWebKit/537.36 Chrome/129.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 KAKAOTALK",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Mobile/15E148 Safari",
)
