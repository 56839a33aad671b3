"""Every address of programmes that people try, as doors_table.py lists all others."""

TABLE = """
/c/<code>/testers                                     GET       customer  holder   code
/c/<code>/testers/<ref>                               GET+POST  customer  holder   code
/c/<code>/testers/<ref>/answers                       GET+POST  customer  holder   code
/c/<code>/testers/<ref>/withdrawal                    POST      customer  holder   code
/owner/testers                                        GET       owner     manager  session
/owner/testers/new                                    GET+POST  owner     manager  session
/owner/testers/<int:programme_id>                     GET       owner     manager  session
/owner/testers/<int:programme_id>/facts               GET+POST  owner     manager  session
/owner/testers/<int:programme_id>/days                POST      owner     manager  session
/owner/testers/<int:programme_id>/opening             POST      owner     manager  session
/owner/testers/<int:programme_id>/closing             POST      owner     manager  session
/owner/testers/<int:programme_id>/removal             POST      owner     manager  session
/owner/testers/<int:programme_id>/copies              POST      owner     manager  session
/owner/testers/<int:programme_id>/questions           GET       owner     manager  session
/owner/testers/<int:programme_id>/questions/new       GET+POST  owner     manager  session
/owner/testers/<int:programme_id>/questions/<int:question_id> GET+POST  owner     manager  session
/owner/testers/<int:programme_id>/questions/<int:question_id>/place POST      owner     manager  session
/owner/testers/<int:programme_id>/questions/<int:question_id>/removal POST      owner     manager  session
/owner/testers/<int:programme_id>/people              GET+POST  owner     manager  session
/owner/testers/<int:programme_id>/draw                POST      owner     manager  session
/owner/testers/people/<int:tester_id>/benefit         POST      owner     staff    session
/owner/testers/people/<int:tester_id>/benefit/removal POST      owner     staff    session
/owner/testers/people/<int:tester_id>/handover        POST      owner     staff    session
/owner/testers/people/<int:tester_id>/handover/removal POST      owner     staff    session
/owner/testers/people/<int:tester_id>/removal         POST      owner     manager  session
/owner/testers/<int:programme_id>/summary             GET       owner     manager  session
/owner/testers/<int:programme_id>/verdict             POST      owner     manager  session
/owner/testers/<int:programme_id>/change              POST      owner     manager  session
/owner/testers/<int:programme_id>/file                GET+POST  owner     owner    session
/owner/testers/<int:programme_id>/taps                GET       owner     manager  session
/owner/testers/<int:programme_id>/qr.svg              GET       owner     manager  session
/owner/testers/<int:programme_id>/photos/<ref>        GET       owner     manager  session
/owner/testers/<int:programme_id>/print               GET       owner     manager  session
/owner/testers/<int:programme_id>/print/pdf           GET       owner     manager  session
/owner/testers/<int:programme_id>/settlement          POST      owner     manager  session
/s/<code>/tasting/<ref>                               GET+POST  public    anyone   code
/s/<code>/testers                                     GET       public    anyone   code
/s/<code>/testers/<ref>                               GET       public    anyone   code
/s/<code>/testers/<ref>/draw                          GET       public    anyone   code
"""
