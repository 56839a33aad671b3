"""What the files of the rooms that talk with customers are for, and which of them the doors may read (test_house.py)."""

BEYOND = {
    "reviews/asks": "reads who may review which visit",
    "reviews/photos": "reads about customers' photos and the files behind them",
    "reviews/picks": "reads photos picked in a form that is no review",
    "reviews/pick_rules": "pure: which forms take photos, and what ties a photo to its form",
    "reviews/care_models": "tables of what a shop does about reviews: hidden for a cause, words that come up",
    "testers/tapping": "counts what is tapped at the counter, inside a flow",
    "testers/starts": "pure: ready sets of questions to start from",
    "testers/typed": "pure: what was typed about a programme, and what was answered, checked",
    "testers/mine": "reads what one person is in and answered",
    "testers/results": "reads what was answered, in numbers and in words",
    "voices/care_models": "tables of what a shop does about voices: causes, answers, hand-overs, offers",
}
READS = {"picks", "pick_rules", "mine", "starts", "typed"}
