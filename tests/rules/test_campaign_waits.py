"""What the letters of a campaign wait for, in words: each for its own reason."""

from __future__ import annotations

from app.messages.campaign_rules import waits_for


def test_each_waits_for_its_own() -> None:
    over = "이번 달 문자 값 한도를 다 썼어요. 한도를 올리면 바로, 아니면 다음 달에 보내요."
    rows = [
        ("night", "밤이라 아침에 보내요.", 2),
        ("budget", over, 7),
        ("cap", "쉬어 가요.", 3),
        ("night", "다른 말로 적힌 밤이에요.", 4),
        ("paused", "사장님이 멈춰 두셨어요.", 1),
        ("try_again", "", 1),
    ]
    assert waits_for(rows) == [
        (over.removesuffix("."), 7),
        ("아침이 되면 보내요", 6),
        ("요즘 광고를 받은 분이라 조금 쉬었다가 보내요", 3),
        ("곧 다시 보내요", 1),
        ("사장님이 멈춰 두셨어요", 1),
    ]
    assert waits_for([]) == []
