"""What comes round again, and when: each for every shop, since the last time it ran."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from app.flows import (
    boosts,
    campaign,
    campaign_run,
    claim,
    closing_days,
    come_back,
    coupon_days,
    expiry,
    groups,
    imports,
    late_reports,
    law_notices,
    months,
    news,
    night,
    outcomes,
    paper_card,
    people_file,
    personal,
    photo,
    privacy,
    provider_news,
    reconsent,
    referral,
    reminders,
    reports,
    retention,
    review_asks,
    rhythm,
    tier,
    warranty_days,
)
from app.jobs.each_shop import Breath, Periodic, for_each_shop
from app.jobs.talk_turns import TALK
from app.kit.clock import next_minute_of_day


def _expire_claims(now: datetime, _breath: Breath) -> None:
    claim.expire_due(now=now)


def _ask_after_the_silent(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: come_back.plan_for(shop_id=shop_id, now=now, stop=breath), "come_back", breath
    )


def _words_of_the_day(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: reminders.plan_ends(shop_id=shop_id, now=now, stop=breath), "plan_ends", breath
    )
    for_each_shop(
        lambda shop_id: reminders.plan_rebuy(shop_id=shop_id, now=now, stop=breath), "plan_rebuy", breath
    )
    for_each_shop(
        lambda shop_id: warranty_days.plan_ends(shop_id=shop_id, now=now, stop=breath),
        "plan_warranties",
        breath,
    )
    # After who was away for less long: that greeting goes first.
    for_each_shop(
        lambda shop_id: come_back.plan_dormant(shop_id=shop_id, now=now, stop=breath), "dormant", breath
    )


def _expire_lots(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: expiry.expire_due(shop_id=shop_id, now=now, stop=breath), "expire_lots", breath
    )


def _check_balances(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: closing_days.settle(shop_id=shop_id, now=now), "closing_days", breath)
    for_each_shop(lambda shop_id: night.check_balances(shop_id=shop_id), "check_balances", breath)
    if not breath():
        night.gather_statistics()


def _count_who_came(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: rhythm.count_shop(shop_id=shop_id, now=now, stop=breath),
        "count_who_came",
        breath,
        rhythm.shops_due(),
    )


def _work_people_out(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: rhythm.see_to(shop_id=shop_id, now=now, stop=breath), "rhythm", breath)
    for_each_shop(lambda shop_id: groups.see_to(shop_id=shop_id, now=now, stop=breath), "groups", breath)


def _count_months(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: months.see_to(shop_id=shop_id, now=now, stop=breath), "months", breath)


def _count_present_months(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: months.see_to_present(shop_id=shop_id, now=now), "months", breath)


def _move_tiers(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: boosts.end_passed(shop_id=shop_id, now=now), "end_boosts", breath)
    for_each_shop(lambda shop_id: tier.move_for(shop_id=shop_id, now=now, stop=breath), "move_tiers", breath)


def _keep_no_longer(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: retention.erase_the_long_gone(shop_id=shop_id, now=now, stop=breath),
        "erase_the_long_gone",
        breath,
    )
    for_each_shop(lambda shop_id: photo.drop_old_drafts(shop_id=shop_id, now=now), "drop_old_drafts", breath)
    for_each_shop(lambda shop_id: personal.tidy(shop_id=shop_id, now=now), "tidy_letters", breath)
    for_each_shop(
        lambda shop_id: paper_card.drop_forgotten(shop_id=shop_id, now=now), "drop_forgotten", breath
    )
    for_each_shop(
        lambda shop_id: campaign.drop_old_drafts(shop_id=shop_id, now=now), "drop_campaign_drafts", breath
    )
    for_each_shop(lambda shop_id: people_file.forget_typed(shop_id=shop_id, now=now), "forget_typed", breath)
    for_each_shop(lambda shop_id: imports.drop_old(shop_id=shop_id, now=now), "drop_old_files", breath)
    if not breath():
        retention.prune(now=now)
        photo.drop_orphans(now=now)
        imports.drop_orphans(now=now)
        people_file.drop_orphans(now=now)


def _plan_reviews(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: review_asks.plan_requests(shop_id=shop_id, now=now, stop=breath),
        "plan_reviews",
        breath,
    )


def _coupons_of_the_day(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: coupon_days.give_of_the_day(shop_id=shop_id, now=now, stop=breath),
        "coupons_of_the_day",
        breath,
    )
    for_each_shop(
        lambda shop_id: coupon_days.remind(shop_id=shop_id, now=now, stop=breath), "remind_coupons", breath
    )


def _settle_referrals(now: datetime, breath: Breath) -> None:
    for_each_shop(lambda shop_id: referral.settle_due(shop_id=shop_id, now=now), "settle_referrals", breath)


def _go_on_giving(now: datetime, breath: Breath) -> None:
    coupon_days.go_on_giving(now=now, stop=breath)


def _apply_reports(now: datetime, _breath: Breath) -> None:
    reports.apply_waiting(now=now)


def _read_refusals(now: datetime, breath: Breath) -> None:
    # Who refuses ads by the free 080 number says so to the provider alone: unread, the next ad goes all the same.
    wire = current_app.config["WIRE"]
    for_each_shop(
        lambda shop_id: provider_news.read_refusals(
            shop_id=shop_id, wire=wire, now=now, refuse=privacy.opt_out_number, stop=breath
        ),
        "read_refusals",
        breath,
    )


def _ask_providers(now: datetime, breath: Breath) -> None:
    wire = current_app.config["WIRE"]
    for_each_shop(
        lambda shop_id: provider_news.read_inspections(shop_id=shop_id, wire=wire, now=now, stop=breath),
        "read_inspections",
        breath,
    )
    # What a provider told while web was down it tells no more: without asking it would stay 보냄 for ever.
    for_each_shop(
        lambda shop_id: late_reports.ask(shop_id=shop_id, wire=wire, now=now, stop=breath),
        "late_reports",
        breath,
    )


def _tell_what_the_law_wants(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: law_notices.see_to_results(shop_id=shop_id, now=now, stop=breath),
        "see_to_results",
        breath,
    )
    for_each_shop(
        lambda shop_id: reconsent.see_to(shop_id=shop_id, now=now, stop=breath), "reconsent", breath
    )


def _go_on_with_campaigns(now: datetime, breath: Breath) -> None:
    campaign_run.go_on_all(now=now, stop=breath)


def _count_outcomes(now: datetime, breath: Breath) -> None:
    for_each_shop(
        lambda shop_id: outcomes.count(shop_id=shop_id, now=now, stop=breath), "count_outcomes", breath
    )


def _carry_news(now: datetime, breath: Breath) -> None:
    news.deliver(now=now, stop=breath)


PERIODIC = (
    Periodic("webhooks", timedelta(seconds=20), lambda now: now, _carry_news),
    Periodic("apply_reports", timedelta(minutes=1), lambda now: now, _apply_reports),
    Periodic("expire_claims", timedelta(minutes=1), lambda now: now, _expire_claims),
    Periodic("count_who_came", timedelta(minutes=1), lambda now: now, _count_who_came),
    Periodic("campaigns", timedelta(seconds=20), lambda now: now, _go_on_with_campaigns),
    Periodic("coupon_gifts", timedelta(minutes=1), lambda now: now, _go_on_giving),
    Periodic(
        "coupons_of_the_day",
        timedelta(days=1),
        lambda now: next_minute_of_day(now, 8 * 60),
        _coupons_of_the_day,
    ),
    Periodic("read_refusals", timedelta(minutes=10), lambda now: now, _read_refusals),
    Periodic("ask_providers", timedelta(hours=1), lambda now: now, _ask_providers),
    Periodic("law_notices", timedelta(hours=6), lambda now: now, _tell_what_the_law_wants),
    Periodic("settle_referrals", timedelta(minutes=10), lambda now: now, _settle_referrals),
    Periodic("plan_reviews", timedelta(minutes=10), lambda now: now, _plan_reviews),
    Periodic("expire_lots", timedelta(days=1), lambda now: next_minute_of_day(now, 5), _expire_lots),
    Periodic(
        "check_balances", timedelta(days=1), lambda now: next_minute_of_day(now, 4 * 60 + 10), _check_balances
    ),
    Periodic(
        "count_outcomes", timedelta(days=1), lambda now: next_minute_of_day(now, 3 * 60 + 50), _count_outcomes
    ),
    Periodic("months", timedelta(minutes=10), lambda now: now, _count_months),
    Periodic(
        "present_months", timedelta(days=1), lambda now: next_minute_of_day(now, 10), _count_present_months
    ),
    # After midnight everybody has been away for a day longer.
    Periodic("rhythm", timedelta(days=1), lambda now: next_minute_of_day(now, 30), _work_people_out),
    Periodic("move_tiers", timedelta(days=1), lambda now: next_minute_of_day(now, 4 * 60 + 20), _move_tiers),
    Periodic(
        "come_back",
        timedelta(days=1),
        lambda now: next_minute_of_day(now, 9 * 60 + 30),
        _ask_after_the_silent,
    ),
    Periodic(
        "words_of_the_day",
        timedelta(days=1),
        lambda now: next_minute_of_day(now, 9 * 60 + 31),
        _words_of_the_day,
    ),
    Periodic(
        "keep_no_longer", timedelta(days=1), lambda now: next_minute_of_day(now, 4 * 60 + 40), _keep_no_longer
    ),
    *TALK,
)
