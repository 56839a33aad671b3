"""What the files of the rooms that talk with customers are for, and which of them the doors may read (test_house.py)."""

from tests import house_board

BEYOND = house_board.BEYOND | {
    "reviews/asks": "reads who may review which visit",
    "reviews/photos": "reads about customers' photos and the files behind them",
    "reviews/picks": "reads photos picked in a form that is no review",
    "reviews/pick_rules": "pure: which forms take photos, and what ties a photo to its form",
    "reviews/care_models": "tables of what a shop does about reviews: hidden for a cause, words that come up",
    "voices/care_models": "tables of what a shop does about voices: causes, answers, hand-overs, offers",
}
READS = house_board.READS | {"picks", "pick_rules"}
