"""What a full shop has for its messages: accounts, a template, reports, costs, a campaign, a browser to push to."""

from __future__ import annotations

from datetime import timedelta

from app.extensions import db
from app.flows.unit import write
from app.kit.sealing import seal
from app.messages.campaign_models import Campaign, CampaignPerson
from app.messages.letter_models import DoneRequest, PersonalLetter
from app.messages.models import Message
from app.messages.result_models import HoldOut, MessageResult
from app.messages.way_models import (
    ChannelAccount,
    Charge,
    DeliveryReport,
    MessageSettings,
    MonthSpending,
    PushSubscription,
    Restore,
    SendTally,
    TalkTemplate,
)
from tests import factories
from tests.factories import ACustomer, AShop


def messages_travel(shop: AShop, known: ACustomer, word: str) -> int:
    """Give the shop an account and everything that follows from one. Returns its campaign."""
    now, own = factories.now(), {"shop_id": shop.id}
    message_id = int(db.session.scalar(db.select(db.func.max(Message.id)).filter_by(shop_id=shop.id)) or 0)
    whose = f"{shop.id}:solapi"
    with write() as session:
        session.add(MessageSettings(**own, talk_channel=f"_{shop.code}", changed_at=now))
        session.add(
            ChannelAccount(
                **own,
                provider="solapi",
                sealed=seal(factories.master(), "channel-account", f'{{"key": "{word}"}}', bound_to=whose),
                hook=f"hook-of-{shop.code}",
                made_at=now,
            )
        )
        session.flush()
        session.add(
            TalkTemplate(**own, provider="solapi", kind="reward_ready", text=f"{word}안내", changed_at=now)
        )
        session.add(
            DeliveryReport(**own, provider="solapi", event_id=f"e-{word}", raw=f'["{word}"]', received_at=now)
        )
        session.add(HoldOut(**own, kind="thank_you", reached=300, began="2099-01-01", counted_at=now))
        session.add_all(
            MessageResult(**own, what="thank_you", began="2026-11-01", arm=arm, people=90, counted_at=now)
            for arm in ("sent", "held", "a", "b")
        )
        session.add(Restore(at=now - timedelta(days=9), is_sure=True))
        session.add(SendTally(**own, what="thank_you", tried=3))
        session.add(MonthSpending(**own, month="2026-11", won=30))
        session.add(Charge(**own, message_id=message_id, month="2026-11", won=30, at=now))
        session.add(
            PushSubscription(
                **own,
                customer_id=known.id,
                browser_hash="b" * 64,
                endpoint=f"https://push.test/{shop.code}",
                endpoint_key=f"key-of-{shop.code}",
                p256dh="p",
                auth="a",
                made_at=now,
            )
        )
        campaign = Campaign(
            **own,
            once=factories.once(),
            made_by=shop.owner_id,
            made_at=now,
            people={"group": "all"},
            counted=1,
            text=f"{word}소식",
            send_at=now + timedelta(minutes=10),
        )
        session.add(campaign)
        session.flush()
        session.add(CampaignPerson(**own, campaign_id=campaign.id, customer_id=known.id))
        return campaign.id


def written_to_one(shop: AShop, known: ACustomer, word: str) -> dict[str, int]:
    """Let somebody ask to be told, and let the owner begin to write. Returns the numbers of both."""
    now, own = factories.now(), {"shop_id": shop.id, "customer_id": known.id}
    with write() as session:
        done = DoneRequest(**own, once=factories.once(), what=f"{word}이", asked_at=now)
        session.add(done)
        session.flush()
        letter = PersonalLetter(**own, staff_id=shop.owner_id, text=f"{word}예뻐요", changed_at=now)
        session.add(letter)
        session.flush()
        return {"done_id": done.id, "letter_id": letter.id}
