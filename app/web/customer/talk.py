"""카카오톡 채널 추가, on the card and 내 정보: a link to the shop's channel and nothing else."""

from __future__ import annotations

from app.messages import kakao_channel, kakao_rules
from app.web.guards import current_shop


def for_card() -> str:
    """Return where the channel is added, "" in a shop without one, where nothing is asked."""
    shop = current_shop()
    return kakao_rules.friend_link(kakao_channel.channel(shop.id)) if shop.has(kakao_channel.USE) else ""
