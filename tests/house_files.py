"""What the files of the rooms that talk with customers are for, and which of them the doors may read (test_house.py)."""

BEYOND = {
    "reviews/asks": "reads who may review which visit",
    "reviews/photos": "reads about customers' photos and the files behind them",
    "reviews/picks": "reads photos picked in a form that is no review",
    "reviews/pick_rules": "pure: which forms take photos, and what ties a photo to its form",
    "reviews/care_models": "tables of what a shop does about reviews: hidden for a cause, words that come up",
    "voices/threads": "reads one matter as a page shows it",
    "voices/desk": "reads for whoever answers: causes, answers at hand, offers, who this person is",
    "voices/results": "reads what became of complaints",
    "voices/result_words": "pure: what became of complaints, in sentences",
    "voices/caring": "changes what a shop does about voices beside answering, inside a flow",
    "voices/care_rules": "pure: causes, answers, what may be offered and how often, the shop's words for it",
    "voices/care_models": "tables of what a shop does about voices: causes, answers, hand-overs, offers",
}
READS = {"picks", "pick_rules", "threads", "desk", "care_rules", "result_words"}
