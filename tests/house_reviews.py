"""What the files of the room of reviews are for, and which of them the doors may read (test_house.py)."""

BEYOND = {
    "reviews/asks": "reads who may review which visit",
    "reviews/photos": "reads about customers' photos and the files behind them",
    "reviews/bought_rules": "pure: what a shop may not promise for a review",
    "reviews/care_models": "tables of what a shop does about reviews, their sums and their words",
    "reviews/praise_words": "the words by which reviews praise and blame, as data",
    "reviews/praise_rules": "pure: what a review praises and blames, by its morphemes",
    "reviews/sums": "reads how a shop's reviews stand in numbers",
    "reviews/unseen": "reads photos that the shop wants to see first",
    "reviews/words": "reads what people praise and blame in words",
}
READS = {"sums", "unseen", "words"}
