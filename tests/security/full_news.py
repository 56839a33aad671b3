"""What a full shop tells its people: news for everybody, a word for a group alone, its pages elsewhere, its slips."""

from __future__ import annotations

from app.board.notice_models import ParcelSetting
from app.flows import notice, shop_links
from app.flows.unit import write
from tests import factories
from tests.factories import ACustomer, AShop


def with_news(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Show one piece of news to everybody, which the person opened, and one to a group; return the group's."""
    now, last = factories.now(), 0
    for title, group in ((f"{word}알림", ""), (f"{word}귀띔", "regular")):
        last = notice.begin(
            shop_id=shop.id,
            staff_id=shop.owner_id,
            once=factories.once(),
            sort="season",
            title=title,
            text=title,
            product_id=None,
            group=group,
            is_first=False,
            now=now,
        )
        notice.show(shop_id=shop.id, notice_id=last, staff_id=shop.owner_id, now=now)
        if not group:
            notice.note_read(shop_id=shop.id, customer_id=known.id, notice_id=last, now=now)
    typed = {"instagram": "@bomnal_coffee"}
    shop_links.save(shop_id=shop.id, staff_id=shop.owner_id, typed=typed, now=now)
    with write() as session:
        session.add(ParcelSetting(shop_id=shop.id, thanks=f"{word}말씀", changed_at=now))
    return {"notice_id": last}
