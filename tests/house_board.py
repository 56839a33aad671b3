"""What the files of the board's room are for, and which of them the doors may read (test_house.py)."""

BEYOND = {
    "board/draw_rules": "pure: a draw that everybody can do again",
    "board/entering": "changes events, entries and draws, inside a flow",
    "board/event_models": "tables of events and who entered them",
    "board/event_rules": "pure: what an event may be, and who may enter it",
    "board/events": "reads about events",
    "board/notice_models": "tables of what a shop tells its people",
    "board/reported": "reads what customers reported",
    "board/showing": "changes what customers show, and what the shop decided about it, inside a flow",
    "board/stories": "reads what customers show",
    "board/story_models": "tables of what customers show",
    "board/story_rules": "pure: what may be shown, and where a pasted link may lead",
    "board/talk_models": "tables of what customers say among each other and ask in public",
    "board/talk_rules": "pure: what may be written, asked, reported and hidden",
    "board/talking": "changes posts, comments, questions and reports, inside a flow",
    "board/talks": "reads the board and the questions asked in public",
}
READS = {"draw_rules", "event_rules", "events", "reported", "stories", "story_rules", "talk_rules", "talks"}
