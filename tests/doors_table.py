"""Every address of the product with its door: methods, audience, role and whose shop it is."""

from tests import doors_board, doors_testers
from tests.doors_owner import OWNERS

# rule, methods, whose pages, least role, where the shop comes from, "machine" = no form token (another proof: a machine's secret, the opt-out's own token)
TABLE = (
    """
/                                                     GET       public    anyone   none
/api/v1/customers                                     GET       api       anyone   key     machine
/api/v1/customers                                     POST      api       anyone   key     machine
/api/v1/customers/<int:customer_id>                   GET       api       anyone   key     machine
/api/v1/events                                        POST      api       anyone   key     machine
/api/v1/key                                           GET       api       anyone   key     machine
/api/v1/openapi.json                                  GET       api       anyone   none
/api/v1/visits                                        POST      api       anyone   key     machine
/api/v1/visits/<int:visit_id>/refunds                 POST      api       anyone   key     machine
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
/c/<code>/me/found-by                                 POST      customer  holder   code
/c/<code>/me/number                                   GET+POST  customer  holder   code
/c/<code>/me/other-phones                             GET+POST  customer  holder   code
/c/<code>/me/push                                     POST      customer  holder   code
/c/<code>/me/push/removal                             POST      customer  holder   code
/c/<code>/me/statement                                GET       customer  holder   code
/c/<code>/me/statement/<token>/pdf                    GET       customer  holder   code
/c/<code>/me/text                                     GET       customer  holder   code
/c/<code>/news/<int:campaign_id>/photo                GET       customer  holder   code
/c/<code>/notices                                     GET       customer  holder   code
/c/<code>/notices/<int:notice_id>                     GET       customer  holder   code
/c/<code>/notices/<int:notice_id>/photo               GET       customer  holder   code
/c/<code>/notices/<int:notice_id>/read                POST      customer  holder   code
/c/<code>/paper                                       GET+POST  customer  holder   code
/c/<code>/paper/<int:paper_id>/photo                  GET       customer  holder   code
/c/<code>/paper/<int:paper_id>/withdrawal             POST      customer  holder   code
/c/<code>/photos/<form>/<once>                        GET       customer  holder   code
/c/<code>/photos/<form>/<once>                        POST      customer  holder   code
/c/<code>/photos/<form>/<once>/<ref>                  GET       customer  holder   code
/c/<code>/photos/<form>/<once>/<ref>/removal          POST      customer  holder   code
/c/<code>/qr.svg                                      GET       customer  holder   code
/c/<code>/reviews                                     GET+POST  customer  holder   code
/c/<code>/reviews/wish                                POST      customer  holder   code
/c/<code>/tier                                        GET       customer  holder   code
/c/<code>/visits                                      GET       customer  holder   code
/c/<code>/voices                                      GET+POST  customer  holder   code
/c/<code>/voices/<int:voice_id>                       GET+POST  customer  holder   code
/c/<code>/voices/<int:voice_id>/ending                POST      customer  holder   code
/c/<code>/voices/<int:voice_id>/lines                 GET       customer  holder   code
/c/<code>/voices/<int:voice_id>/offers/<int:offer_id> POST      customer  holder   code
/c/<code>/voices/<int:voice_id>/photos/<ref>          GET       customer  holder   code
/c/<code>/voices/<int:voice_id>/photos/<ref>/view     GET       customer  holder   code
/c/<code>/voices/<int:voice_id>/read                  POST      customer  holder   code
/c/<code>/warranties                                  GET       customer  holder   code
/c/<code>/warranties/<serial>                         GET       customer  holder   code
/c/<code>/warranties/<serial>/offers                  GET+POST  customer  holder   code
/c/<code>/warranties/<serial>/offers/removal          POST      customer  holder   code
/c/<code>/warranties/<serial>/pdf                     GET       customer  holder   code
/c/<code>/warranties/<serial>/repairs                 GET+POST  customer  holder   code
/demo/gateway/messages                                GET       public    anyone   none    machine
/demo/gateway/messages                                POST      public    anyone   none    machine
/demo/phone/<token>                                   GET       public    anyone   token
/demo/phone/<token>/hurries                           POST      public    anyone   token
/demo/phone/<token>/screen                            GET       public    anyone   token
/developers                                           GET       public    anyone   none
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
/push/renewals                                        POST      public    anyone   none    machine
/r/<token>                                            GET+POST  public    anyone   token
/r/<token>/photos                                     GET       public    anyone   token
/r/<token>/photos                                     POST      public    anyone   token
/r/<token>/photos/<ref>                               GET       public    anyone   token
/r/<token>/photos/<ref>/removal                       POST      public    anyone   token
/r/<token>/thanks                                     GET       public    anyone   token
/r/<token>/voices                                     POST      public    anyone   token
/readyz                                               GET       public    anyone   none
/s/<code>                                             GET+POST  public    anyone   code
/s/<code>/counter/<token>                             GET+POST  public    anyone   code
/s/<code>/details                                     GET+POST  public    anyone   code
/s/<code>/email/<token>                               GET+POST  public    anyone   code
/s/<code>/handover/<token>                            GET+POST  public    anyone   code
/s/<code>/handover/<token>/refusal                    POST      public    anyone   code
/s/<code>/notices                                     GET       public    anyone   code
/s/<code>/notices/<int:notice_id>                     GET       public    anyone   code
/s/<code>/notices/<int:notice_id>/photo               GET       public    anyone   code
/s/<code>/notices/<int:notice_id>/picture             GET       public    anyone   code
/s/<code>/open/<token>                                GET+POST  public    anyone   code
/s/<code>/package/<secret>                            GET+POST  public    anyone   code
/s/<code>/photos/<ref>                                GET       public    anyone   code
/s/<code>/photos/<ref>/small                          GET       public    anyone   code
/s/<code>/photos/<ref>/view                           GET       public    anyone   code
/s/<code>/picture                                     GET       public    anyone   code
/s/<code>/privacy                                     GET       public    anyone   code
/s/<code>/restore                                     GET+POST  public    anyone   code
/s/<code>/restore/code                                GET+POST  public    anyone   code
/s/<code>/restore/counter                             GET+POST  public    anyone   code
/s/<code>/restore/counter/live                        GET       public    anyone   code
/s/<code>/reports/<what>/<int:row_id>                 GET       public    anyone   code
/s/<code>/reviews                                     GET       public    anyone   code
/s/<code>/reviews/<int:review_id>                     GET       public    anyone   code
/s/<code>/reviews/<int:review_id>/picture             GET       public    anyone   code
/s/<code>/shop                                        GET       public    anyone   code
/setup/<token>                                        GET+POST  owner     anyone   token
/sw.js                                                GET       public    anyone   none
/v/<token>                                            GET       public    anyone   token
/w/<ref>                                              GET       public    anyone   token
"""
    + OWNERS
    + doors_board.TABLE.lstrip()
    + doors_testers.TABLE.lstrip()
)
