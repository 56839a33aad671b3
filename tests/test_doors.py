"""Every route of the product and its lock. A new route is a new line here, read by a second person."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask

from app.web.doors import AUDIENCES, ROLES, TENANTS, check_doors, door, door_of

# rule, methods, whose pages, least role, where the shop comes from, "machine" = no form token (another proof: a machine's secret, the opt-out's own token)
TABLE = """
/                                                     GET       public    anyone   none
/assets/<digest>/<path:name>                          GET       public    anyone   none
/c/<code>                                             GET       customer  holder   code
/c/<code>/claims                                      POST      customer  holder   code
/c/<code>/coupons                                     GET       customer  holder   code
/c/<code>/coupons/<ref>                               GET       customer  holder   code
/c/<code>/coupons/<ref>/qr.svg                        GET       customer  holder   code
/c/<code>/details                                     GET+POST  customer  holder   code
/c/<code>/done                                        POST      customer  holder   code
/c/<code>/done/<int:done_id>/withdrawal               POST      customer  holder   code
/c/<code>/friends                                     GET+POST  customer  holder   code
/c/<code>/inbox                                       GET       customer  holder   code
/c/<code>/inbox/<int:message_id>/photo                GET       customer  holder   code
/c/<code>/inbox/read                                  POST      customer  holder   code
/c/<code>/key                                         GET       customer  holder   code
/c/<code>/live                                        GET       customer  holder   code
/c/<code>/me                                          GET       customer  holder   code
/c/<code>/me/consents                                 POST      customer  holder   code
/c/<code>/me/days                                     GET+POST  customer  holder   code
/c/<code>/me/days/removal                             POST      customer  holder   code
/c/<code>/me/delete                                   GET+POST  customer  holder   code
/c/<code>/me/download                                 GET       customer  holder   code
/c/<code>/me/email                                    POST      customer  holder   code
/c/<code>/me/email/removal                            POST      customer  holder   code
/c/<code>/me/push                                     POST      customer  holder   code
/c/<code>/me/push/removal                             POST      customer  holder   code
/c/<code>/me/statement                                GET       customer  holder   code
/c/<code>/me/statement/<token>/pdf                    GET       customer  holder   code
/c/<code>/me/number                                   GET+POST  customer  holder   code
/c/<code>/me/other-phones                             GET+POST  customer  holder   code
/c/<code>/me/text                                     GET       customer  holder   code
/c/<code>/news/<int:campaign_id>/photo                GET       customer  holder   code
/c/<code>/paper                                       GET+POST  customer  holder   code
/c/<code>/paper/<int:paper_id>/photo                  GET       customer  holder   code
/c/<code>/paper/<int:paper_id>/withdrawal             POST      customer  holder   code
/c/<code>/qr.svg                                      GET       customer  holder   code
/c/<code>/reviews                                     GET+POST  customer  holder   code
/c/<code>/reviews/wish                                POST      customer  holder   code
/c/<code>/visits                                      GET       customer  holder   code
/c/<code>/voices                                      GET+POST  customer  holder   code
/c/<code>/voices/<int:voice_id>                       GET+POST  customer  holder   code
/c/<code>/voices/<int:voice_id>/lines                 GET       customer  holder   code
/c/<code>/voices/<int:voice_id>/read                  POST      customer  holder   code
/demo/gateway/messages                                GET       public    anyone   none    machine
/demo/gateway/messages                                POST      public    anyone   none    machine
/demo/phone/<token>                                   GET       public    anyone   token
/demo/phone/<token>/hurries                           POST      public    anyone   token
/demo/phone/<token>/screen                            GET       public    anyone   token
/healthz                                              GET       public    anyone   none
/hooks/<provider>/<hook>                              POST      hooks     anyone   none    machine
/kiosk                                                GET       public    anyone   kiosk
/kiosk/calls                                          POST      public    anyone   kiosk
/kiosk/calls/<ref>                                    GET       public    anyone   kiosk
/kiosk/calls/<ref>/board                              GET       public    anyone   kiosk
/kiosk/code.svg                                       GET       public    anyone   kiosk
/kiosk/codes                                          GET       public    anyone   kiosk
/kiosk/end                                            GET+POST  public    anyone   kiosk
/manifest.webmanifest                                 GET       public    anyone   none
/o/<token>                                            GET+POST  public    anyone   token   machine
/o/<token>/consent                                    GET+POST  public    anyone   token   machine
/owner                                                GET       owner     staff    session
/owner.webmanifest                                    GET       public    anyone   none
/owner/campaigns                                      GET       owner     manager  session
/owner/campaigns/<int:campaign_id>                    GET       owner     manager  session
/owner/campaigns/<int:campaign_id>/cancellation       POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/check              GET       owner     manager  session
/owner/campaigns/<int:campaign_id>/confirmation       POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/left-out/<why>     GET       owner     manager  session
/owner/campaigns/<int:campaign_id>/pause              POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/people             GET+POST  owner     manager  session
/owner/campaigns/<int:campaign_id>/photo              GET       owner     manager  session
/owner/campaigns/<int:campaign_id>/preview            POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/progress           GET       owner     manager  session
/owner/campaigns/<int:campaign_id>/removal            POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/resumption         POST      owner     manager  session
/owner/campaigns/<int:campaign_id>/text               GET+POST  owner     manager  session
/owner/campaigns/<int:campaign_id>/time               GET+POST  owner     manager  session
/owner/campaigns/<int:campaign_id>/ways               POST      owner     manager  session
/owner/campaigns/new                                  GET+POST  owner     manager  session
/owner/cards/<int:card_id>/points                     POST      owner     staff    session
/owner/claims                                         GET       owner     staff    session
/owner/claims/<int:claim_id>/approval                 POST      owner     staff    session
/owner/claims/<int:claim_id>/refusal                  POST      owner     staff    session
/owner/closing                                        GET+POST  owner     manager  session
/owner/closing/<int:staff_id>                         GET       owner     manager  session
/owner/coupon-gifts/<int:gift_id>/withdrawal          POST      owner     manager  session
/owner/coupon-uses/<int:use_id>/reversal              POST      owner     staff    session
/owner/coupons                                        GET       owner     manager  session
/owner/coupons/<int:kind_id>                          GET+POST  owner     manager  session
/owner/coupons/<int:kind_id>/gifts                    GET+POST  owner     manager  session
/owner/coupons/<int:kind_id>/state                    POST      owner     manager  session
/owner/coupons/new                                    GET+POST  owner     manager  session
/owner/given-coupons/<int:coupon_id>/use              POST      owner     staff    session
/owner/given-coupons/<int:coupon_id>/withdrawal       POST      owner     manager  session
/owner/enter/<token>                                  GET+POST  owner     anyone   token
/owner/entries/<int:entry_id>/reversal                POST      owner     staff    session
/owner/friends                                        GET       owner     manager  session
/owner/counter                                        GET       owner     staff    session
/owner/counter/code.svg                               GET       owner     staff    session
/owner/counter/codes                                  GET       owner     staff    session
/owner/entries/<int:entry_id>/amount                  POST      owner     staff    session
/owner/insights                                       GET       owner     manager  session
/owner/insights/<part>.csv                            GET       owner     manager  session
/owner/insights/most                                  GET       owner     manager  session
/owner/insights/paper                                 GET       owner     manager  session
/owner/kiosk-calls/<int:call_id>/closing              POST      owner     staff    session
/owner/login                                          GET+POST  owner     anyone   none
/owner/login/second                                   GET+POST  owner     anyone   none
/owner/logout                                         POST      owner     staff    session
/owner/looks                                          GET+POST  owner     staff    session
/owner/lookups                                        POST      owner     staff    session
/owner/merges/<int:merge_id>/reversal                 POST      owner     owner    session
/owner/done                                           GET       owner     staff    session
/owner/done/<int:done_id>                             GET+POST  owner     staff    session
/owner/done/<int:done_id>/removal                     POST      owner     staff    session
/owner/letters/<int:letter_id>                        GET       owner     staff    session
/owner/letters/<int:letter_id>/photo                  GET       owner     staff    session
/owner/letters/<int:letter_id>/removal                POST      owner     staff    session
/owner/letters/<int:letter_id>/sending                POST      owner     staff    session
/owner/more/done                                      GET+POST  owner     owner    session
/owner/more/talk                                      GET+POST  owner     owner    session
/owner/more/talk/file                                 POST      owner     owner    session
/owner/people/<int:customer_id>/done                  POST      owner     staff    session
/owner/people/<int:customer_id>/letter                GET+POST  owner     manager  session
/owner/messages                                       GET       owner     manager  session
/owner/messages/<kind>                                GET+POST  owner     manager  session
/owner/messages/<kind>/class                          POST      owner     manager  session
/owner/messages/<kind>/comparison                     GET+POST  owner     manager  session
/owner/messages/<kind>/comparison/end                 POST      owner     manager  session
/owner/messages/<kind>/comparison/preview             POST      owner     manager  session
/owner/messages/<kind>/preview                        POST      owner     manager  session
/owner/messages/<kind>/resumption                     POST      owner     manager  session
/owner/messages/<kind>/ways                           POST      owner     manager  session
/owner/messages/<kind>/switch                         POST      owner     manager  session
/owner/messages/<kind>/left-out                       POST      owner     manager  session
/owner/messages/budget                                GET+POST  owner     owner    session
/owner/messages/budget/notice                         POST      owner     owner    session
/owner/messages/history                               GET       owner     manager  session
/owner/messages/reconsent/silence                     POST      owner     owner    session
/owner/messages/refusals                              GET+POST  owner     manager  session
/owner/messages/phone                                 GET       owner     manager  session
/owner/messages/phone/<int:message_id>/confirmation   POST      owner     manager  session
/owner/messages/phone/<int:message_id>/omission       POST      owner     manager  session
/owner/messages/phone/<int:message_id>/photo          GET       owner     manager  session
/owner/messages/phone/<int:message_id>/reversal       POST      owner     manager  session
/owner/messages/phone/rest                            POST      owner     manager  session
/owner/messages/phone/settings                        GET+POST  owner     manager  session
/owner/messages/results                               GET       owner     manager  session
/owner/more                                           GET       owner     staff    session
/owner/more/browsers                                  GET       owner     staff    session
/owner/more/browsers/<int:session_id>/end             POST      owner     staff    session
/owner/more/browsers/end                              POST      owner     staff    session
/owner/more/card                                      GET+POST  owner     owner    session
/owner/more/cards                                     GET+POST  owner     staff    session
/owner/more/cards/<int:customer_id>/end               POST      owner     owner    session
/owner/more/changes                                   GET       owner     owner    session
/owner/more/contact                                   GET+POST  owner     owner    session
/owner/more/days                                      GET+POST  owner     manager  session
/owner/more/days/<int:days_id>                        GET+POST  owner     manager  session
/owner/more/days/<int:days_id>/removal                POST      owner     manager  session
/owner/more/days/week                                 POST      owner     manager  session
/owner/more/devices                                   GET       owner     owner    session
/owner/more/devices/<int:session_id>/end              POST      owner     owner    session
/owner/more/friends                                   GET+POST  owner     owner    session
/owner/more/hours                                     GET+POST  owner     manager  session
/owner/more/limits                                    GET+POST  owner     owner    session
/owner/more/kiosks                                    GET+POST  owner     manager  session
/owner/more/kiosks/<int:kiosk_id>/end                 POST      owner     manager  session
/owner/more/password                                  GET+POST  owner     staff    session
/owner/more/pin                                       GET+POST  owner     staff    session
/owner/more/second-step                               GET       owner     staff    session
/owner/more/second-step                               POST      owner     staff    session
/owner/more/second-step/codes                         POST      owner     staff    session
/owner/more/second-step/confirmation                  POST      owner     staff    session
/owner/more/second-step/end                           POST      owner     staff    session
/owner/more/sending                                   GET       owner     owner    session
/owner/more/sending/<provider>                        GET       owner     owner    session
/owner/more/sending/<provider>/balance                POST      owner     owner    session
/owner/more/sending/<provider>/keys                   GET+POST  owner     owner    session
/owner/more/sending/<provider>/removal                POST      owner     owner    session
/owner/more/sending/<provider>/switch                 POST      owner     owner    session
/owner/more/sending/<provider>/talk                   GET       owner     owner    session
/owner/more/sending/<provider>/talk/<kind>            POST      owner     owner    session
/owner/more/sending/<provider>/talk/<kind>/code       POST      owner     owner    session
/owner/more/sending/<provider>/talk/news              POST      owner     owner    session
/owner/more/sending/<provider>/trial                  POST      owner     owner    session
/owner/more/sharing                                   GET+POST  owner     manager  session
/owner/more/prices                                    GET+POST  owner     manager  session
/owner/more/products                                  GET       owner     manager  session
/owner/more/products/<int:product_id>                 GET+POST  owner     manager  session
/owner/more/reviews                                   GET+POST  owner     owner    session
/owner/more/shop                                      GET+POST  owner     manager  session
/owner/more/staff                                     GET+POST  owner     owner    session
/owner/more/staff/<int:staff_id>                      GET+POST  owner     owner    session
/owner/more/staff/<int:staff_id>/end                  POST      owner     owner    session
/owner/more/staff/<int:staff_id>/password             POST      owner     owner    session
/owner/more/staff/<int:staff_id>/pin                  POST      owner     owner    session
/owner/more/staff/<int:staff_id>/second-step/end      POST      owner     owner    session
/c/<code>/tier                                        GET       customer  holder   code
/owner/given/<int:given_id>/reversal                  POST      owner     staff    session
/owner/more/boosts                                    GET       owner     manager  session
/owner/more/boosts/<int:boost_id>/end                 POST      owner     owner    session
/owner/more/boosts/new                                GET+POST  owner     owner    session
/owner/more/gifts                                     GET+POST  owner     manager  session
/owner/more/gifts/<int:gift_id>                       GET+POST  owner     manager  session
/owner/more/gifts/<int:gift_id>/end                   POST      owner     manager  session
/owner/more/tiers                                     GET       owner     manager  session
/owner/more/tiers/<int:tier_id>                       GET+POST  owner     owner    session
/owner/more/tiers/<int:tier_id>/people                GET       owner     manager  session
/owner/more/tiers/rule                                GET+POST  owner     owner    session
/owner/more/tiers/rule/preview                        GET       owner     owner    session
/owner/more/tiers/switch                              POST      owner     owner    session
/owner/panel/<int:card_id>/extras                     POST      owner     staff    session
/owner/more/text                                      GET+POST  owner     staff    session
/owner/offline                                        GET       owner     staff    session
/owner/offline/key                                    GET       owner     staff    session
/owner/offline-stamps                                 GET       owner     manager  session
/owner/offline-stamps                                 POST      owner     staff    session
/owner/offline-stamps/<int:offline_id>/approval       POST      owner     manager  session
/owner/offline-stamps/<int:offline_id>/refusal        POST      owner     manager  session
/owner/panel/<int:card_id>                            GET       owner     staff    session
/owner/paper                                          GET       owner     manager  session
/owner/paper/<int:paper_id>                           GET+POST  owner     manager  session
/owner/paper/<int:paper_id>/photo                     GET       owner     manager  session
/owner/paper/<int:paper_id>/refusal                   POST      owner     manager  session
/owner/paper/<int:paper_id>/reversal                  POST      owner     manager  session
/owner/panel/<int:card_id>/checks                     POST      owner     staff    session
/owner/people                                         GET       owner     manager  session
/owner/people/<int:customer_id>                       GET+POST  owner     manager  session
/owner/people/<int:customer_id>/days                  GET+POST  owner     manager  session
/owner/people/<int:customer_id>/paper                 GET+POST  owner     manager  session
/owner/people/<int:customer_id>/consents              GET       owner     manager  session
/owner/people/<int:customer_id>/consents/sheet        GET       owner     manager  session
/owner/people/<int:customer_id>/refusal               POST      owner     staff    session
/owner/people/<int:customer_id>/sending               GET       owner     manager  session
/owner/people/<int:customer_id>/coupons               GET+POST  owner     manager  session
/owner/people/<int:customer_id>/printed-card          GET+POST  owner     manager  session
/owner/people/<int:customer_id>/printed-card/pdf      GET       owner     manager  session
/owner/points/<int:entry_id>/reversal                 POST      owner     staff    session
/owner/people/<int:customer_id>/lost-card             GET+POST  owner     manager  session
/owner/people/<int:customer_id>/new-phone             GET+POST  owner     manager  session
/owner/people/<int:customer_id>/printed-card          GET+POST  owner     manager  session
/owner/people/<int:customer_id>/printed-card/pdf      GET       owner     manager  session
/owner/people/<int:customer_id>/twin                  GET       owner     owner    session
/owner/people/<int:customer_id>/twin/<int:other_id>   GET+POST  owner     owner    session
/owner/print                                          GET       owner     staff    session
/owner/print/<sheet>                                  GET       owner     staff    session
/owner/print/<sheet>/pdf                              GET       owner     staff    session
/owner/print/cards                                    GET+POST  owner     staff    session
/owner/print/cards/<batch>                            GET       owner     staff    session
/owner/print/cards/<batch>/pdf                        GET       owner     staff    session
/owner/proof                                          GET+POST  owner     staff    session
/owner/queue                                          POST      owner     staff    session
/owner/redemptions/<int:redemption_id>/reversal       POST      owner     staff    session
/owner/reviews                                        GET       owner     manager  session
/owner/reviews/<int:review_id>                        GET+POST  owner     manager  session
/owner/rewards/<int:reward_id>/use                    POST      owner     staff    session
/owner/sharing                                        GET+POST  owner     staff    session
/owner/stamps                                         GET       owner     staff    session
/owner/stamps                                         POST      owner     staff    session
/owner/stamps/today                                   GET       owner     staff    session
/r/<token>/photos                                     GET       public    anyone   token
/r/<token>/photos                                     POST      public    anyone   token
/r/<token>/photos/<ref>                               GET       public    anyone   token
/r/<token>/photos/<ref>/removal                       POST      public    anyone   token
/owner/turn                                           GET+POST  owner     staff    session
/owner/turn/<int:staff_id>                            GET+POST  owner     staff    session
/owner/turn/end                                       POST      owner     staff    session
/owner/visits/<int:visit_id>/refund                   GET+POST  owner     manager  session
/owner/visits/<int:visit_id>/party                    POST      owner     staff    session
/owner/voices                                         GET       owner     manager  session
/owner/voices/<int:voice_id>                          GET+POST  owner     manager  session
/owner/voices/<int:voice_id>/closing                  POST      owner     manager  session
/owner/voices/<int:voice_id>/lines                    GET       owner     manager  session
/push/renewals                                        POST      public    anyone   none    machine
/r/<token>                                            GET+POST  public    anyone   token
/r/<token>/thanks                                     GET       public    anyone   token
/r/<token>/voices                                     POST      public    anyone   token
/readyz                                               GET       public    anyone   none
/s/<code>                                             GET+POST  public    anyone   code
/s/<code>/counter/<token>                             GET+POST  public    anyone   code
/s/<code>/details                                     GET+POST  public    anyone   code
/s/<code>/email/<token>                               GET+POST  public    anyone   code
/s/<code>/open/<token>                                GET+POST  public    anyone   code
/s/<code>/photos/<ref>                                GET       public    anyone   code
/s/<code>/photos/<ref>/small                          GET       public    anyone   code
/s/<code>/photos/<ref>/view                           GET       public    anyone   code
/s/<code>/privacy                                     GET       public    anyone   code
/s/<code>/restore                                     GET+POST  public    anyone   code
/s/<code>/restore/code                                GET+POST  public    anyone   code
/s/<code>/restore/counter                             GET+POST  public    anyone   code
/s/<code>/restore/counter/live                        GET       public    anyone   code
/s/<code>/reviews                                     GET       public    anyone   code
/v/<token>                                            GET       public    anyone   token
/setup/<token>                                        GET+POST  owner     anyone   token
/sw.js                                                GET       public    anyone   none
"""


def _written() -> set[tuple[str, ...]]:
    return {tuple(line.split()) for line in TABLE.strip().splitlines()}


def _built(app: Flask) -> set[tuple[str, ...]]:
    found = set()
    for rule in app.url_map.iter_rules():
        declared = door_of(app, rule.endpoint)
        assert declared is not None
        methods = "+".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        row = (rule.rule, methods, declared.audience, declared.role, declared.tenant)
        found.add(row if declared.csrf else (*row, "machine"))
    return found


def test_every_route_is_the_one_in_the_table(app: Flask) -> None:
    built, written = _built(app), _written()
    assert sorted(built - written) == [], "routes that the table does not know"
    assert sorted(written - built) == [], "lines of the table without such a route"


def test_a_route_without_a_door_stops_the_build() -> None:
    bare = Flask("bare")
    bare.add_url_rule("/open", endpoint="open", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="/open"):
        check_doors(bare)


@pytest.mark.parametrize("wrong", [{"audience": "everyone"}, {"role": "boss"}, {"tenant": "guess"}])
def test_a_door_of_an_unknown_kind_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        door(
            Blueprint("b", __name__),
            "/x",
            **{"audience": "public", "role": "anyone", "tenant": "none", **wrong},
        )


def test_what_the_table_says_is_consistent() -> None:
    for rule, _methods, audience, role, tenant, *machine in _written():
        assert audience in AUDIENCES
        assert role in ROLES
        assert tenant in TENANTS
        # Staff pages take their shop from the session alone, a holder's from the code and the cookie.
        assert (role in ("staff", "manager", "owner")) == (tenant == "session"), rule
        assert (role == "holder") == (audience == "customer"), rule
        assert rule.startswith(("/owner", "/setup/")) or audience != "owner", rule
        # Nouns: no verb in an address says what a method says.
        assert not {"add", "create", "update", "edit", "remove"} & set(rule.split("/")), rule
        assert not machine or role == "anyone", rule
        machines = (
            "/demo/gateway/messages",
            "/hooks/<provider>/<hook>",
            "/o/<token>",
            "/o/<token>/consent",
            "/push/renewals",
        )
        assert not machine or rule in machines
