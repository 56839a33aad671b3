"""What a full shop knows of its people beyond who they are: tags, who comes along, sums, groups of its own."""

from __future__ import annotations

from app.customers.file_models import PeopleFile
from app.customers.known_models import Companion, CustomerTag, Tag
from app.flows.unit import write
from app.insights.models import OwnGroup, PersonStat
from tests import factories
from tests.factories import ACustomer, AShop


def with_knowledge(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Give the person a tag and a companion, and the shop a group of its own; return their ids."""
    of, now = {"shop_id": shop.id}, factories.now()
    whose = {**of, "customer_id": known.id}
    with write() as session:
        tag = Tag(**of, name=f"{word}단체")
        companion = Companion(**whose, name=f"{word}콩이", note=f"{word}간식", at=now)
        group = OwnGroup(**of, name=f"{word}모임", filter={}, made_at=now, changed_at=now)
        file = PeopleFile(
            **of, staff_id=shop.owner_id, once=factories.once(), kind="csv", whom=f"‘{word}모임’ 그룹", typed=word,
            total=1, state="making", made_at=now,
        )  # fmt: skip
        session.add_all([tag, companion, group, file])
        session.flush()
        session.add(CustomerTag(**whose, tag_id=tag.id))
        session.merge(PersonStat(**whose, visits=1, counted_at=now))
        return {"tag_id": tag.id, "companion_id": companion.id, "group_id": group.id, "file_id": file.id}
