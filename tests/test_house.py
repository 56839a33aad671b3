"""The laws of the house that imports alone cannot show, and a planted breach of each that they can."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests import house_files
from tests.sources import APP, FEATURES, files_in, imports_in, name_of, tree_of

# A feature room's files. What is beyond these is named here with what it is for.
OF_A_ROOM = {"__init__", "models", "rules", "actions", "queries"}
BEYOND = house_files.BEYOND | {
    "cards/counter_models": "tables of what is asked and looked at around a card",
    "cards/checks": "reads whether somebody looked whose card this is before it is spent from",
    "cards/drift": "reads whether what the cards say follows from their lines",
    "cards/counter": "reads for the shop's counter",
    "cards/paper_rules": "pure: what may be written about a paper card",
    "cards/papers": "reads about paper cards that are moved over",
    "cards/statements": "reads what a card is worth, signs it, and reads the signed text back",
    "cards/ends": "reads whether something on the cards ends",
    "cards/history": "reads that explain a card line by line",
    "shops/calendar_rules": "pure: closed days, and what they move",
    "shops/closing": "changes the days a shop is closed, inside a flow",
    "shops/closures": "reads the days a shop is closed",
    "shops/audit": "appends to the chained record of changes inside a flow",
    "shops/history": "reads that record, and whether its chain is whole",
    "shops/proofs": "changes how people prove who they are, inside a flow",
    "cards/kiosk": "reads for the customers' tablet and what was typed at it",
    "shops/tablets": "changes to the customers' tablets inside a flow",
    "shops/signins": "reads about signed-in devices and what must be proved again",
    "customers/knowing": "changes what a shop knows of a person beyond who they are, inside a flow",
    "customers/known": "reads a person's tags and who comes along",
    "customers/known_rules": "what may be written of a person beyond who they are, pure",
    "customers/roster": "reads the shop's people as a list: found, narrowed, in order, a page at a time",
    "customers/searching": "what somebody types to find a person, as a condition",
    "customers/taking_out": "reads the shop's people as a table to take along",
    "customers/file_models": "the table of lists that leave the shop as files",
    "customers/people_files": "reads about lists that leave the shop as files",
    "customers/known_models": "tables of tags and of who comes along",
    "customers/celebrating": "changes a person's birthday and anniversary, inside a flow",
    "customers/day_rules": "pure: what may be typed as a birthday, and how it reads",
    "coupons/book": "reads for the owner: kinds and what became of them, what was given by hand",
    "coupons/purchases": "reads which coupons were used at a visit: what a refund gives back",
    "coupons/firsts": "reads what a first meeting brings, and why it brought nothing",
    "coupons/offers": "pure: what an owner typed becomes a kind, and kinds to start from",
    "coupons/words": "pure: coupons in sentences",
    "coupons/shifts": "moves coupons' ends past closed days, inside a flow",
    "insights/groups": "reads who is in a group of people",
    "insights/group_models": "tables of groups over time",
    "insights/segment_registry": "finds groups by their files",
    "insights/places": "where people stand, as conditions of a statement",
    "insights/filters": "pure: what a group of the shop's own may be put together of",
    "insights/filter_words": "pure: such a group in a sentence",
    "insights/filtering": "such a group as a condition of a statement",
    "insights/own_groups": "reads a shop's own groups",
    "insights/moves": "reads who moved between groups",
    "insights/moving": "writes down where people stand, inside a flow",
    "customers/agreeing": "who agreed to what, as conditions of a statement",
    "customers/days": "reads whose birthday or anniversary a day is",
    "customers/merges": "reads phones that wait for a card, and who was two",
    "customers/merging": "makes two rows of a person one and two again, inside a flow",
    "customers/moving": "gives what is a person's to another, inside a flow",
    "customers/proving": "changes codes that prove a number, inside a flow",
    "customers/reaching": "changes what is known of the ways to reach a person, inside a flow",
    "customers/renewals": "when a consent must be asked about again, and whose it is",
    "customers/evidence": "reads what proves a consent, and what was refused",
    "customers/texts": "the exact words of consent, versioned",
    "cards/extras": "reads what a card has beyond stamps, what ends when, the sums behind its numbers",
    "cards/lines": "reads the lines that explain a card to its holder",
    "cards/promises": "pure: what a rule promises beyond stamps: stages, points, when things end",
    "cards/offline": "reads what was scanned without a network and waits for the owner",
    "cards/offline_rules": "pure: what a scan without a network needs to count by itself",
    "cards/wallet": "reads the cards of one browser, of all shops",
    "insights/closing": "pure: what is odd about a day at the counter, and the shop's own limits",
    "insights/till": "reads who stamped how often, and what was counted on which day",
    "referrals/bringers": "reads who brings people, for the owner",
    "insights/weeks": "pure: weeks and hours in words",
    "insights/months": "works a month out of its visits, and says which ones are due",
    "insights/month_rows": "writes a month down, inside a flow",
    "insights/month_models": "tables of what whole months say",
    "insights/month_queries": "reads a month for its page",
    "insights/month_facts": "pure: what is known of a month, and what is told of it",
    "insights/month_sections": "pure: a month's page, section by section",
    "insights/month_people": "pure: its sections about who came",
    "insights/month_goods": "pure: its sections about what was sold, given and used",
    "insights/month_words": "pure: its sentences",
    "insights/korean_days": "a visit's day and hour as both databases reckon them",
    "insights/rebuild": "counts days anew from their visits, inside a flow",
    "insights/drift": "reads where sums are not what their visits say",
    "insights/habits": "pure: when somebody usually comes, and how sure that is, in words",
    "insights/bgnbd": "pure: the model of who still comes, and how often",
    "insights/rhythms": "reads how people come: a habit, who is quieter than usual",
    "insights/stats": "works out what visits of people add up to, inside a flow",
    "insights/vip": "works out who is VIP, inside a flow",
    "insights/likely": "writes down a shop's model and what it says of each person, inside a flow",
    "tiers/boosts": "reads about the days and hours on which more is given",
    "tiers/forecast": "reads over everybody: who would stand where under a rule",
    "tiers/gifts": "reads about what people were given",
    "tiers/typed": "pure: what an owner may type about tiers, read and checked",
    "tiers/wording": "pure: tiers and boosts in words",
    "messages/accounts": "reads a shop's own accounts with providers, and opens their keys for a call",
    "messages/account_words": "pure: what is wrong with an account, in the owner's words",
    "messages/provider_contract": "what a provider of accounts must offer",
    "messages/talk": "pure: the text of a kind as Kakao approves it",
    "messages/talk_templates": "reads where a shop's texts stand at Kakao",
    "messages/campaign_models": "tables of one message to many",
    "messages/letter_models": "tables of what an owner writes to one person, and who asked to be told",
    "messages/letter_photos": "reads pictures that go with messages, and whose they are",
    "messages/letter_rules": "pure: what an owner may write to one person, and what it then is",
    "messages/personal": "reads what is written to one person, and who asked to be told",
    "messages/kakao_channel": "reads for the shop's Kakao channel: its address, and a group's numbers for it",
    "messages/kakao_rules": "pure: reading a pasted channel address",
    "messages/by_hand": "reads for the queue that the owner sends by hand",
    "messages/clock_work": "reads what the clock has to see to, over all shops, and how it is itself",
    "messages/hand_stops": "reads what the queue by hand leaves out while it stands still",
    "messages/hand_rules": "pure: when and in which order the owner is asked to send by hand",
    "messages/way_models": "tables of how messages travel: accounts, reports, costs, browsers",
    "messages/composing": "the whole message out of what is known, and the gate's word on it",
    "messages/crowd": "reads what the gate asks for, of many people at once",
    "messages/pictures": "reads the picture that goes with a message",
    "messages/prices": "pure: what a message costs, and the month's budget",
    "messages/stopped": "reads whether something stands still as a whole",
    "messages/contract": "what a kind and a channel must offer",
    "messages/campaign_reach": "reads whom a campaign would reach, by which way, and what it costs",
    "messages/campaign_rules": "pure: when a campaign may go, and what its owner may type",
    "messages/campaigns": "reads about campaigns: drafts, what goes out, how far it is",
    "messages/comparisons": "reads about an automation's second text, its ways, why it stands still",
    "messages/foreseeing": "what planning a message comes to, before anything is written",
    "messages/holdout": "pure: who is left out on purpose, to compare",
    "messages/spending": "reads what the month's messages cost",
    "messages/today": "reads what goes out on one day, and whom nothing goes to",
    "messages/variants": "pure: which of two texts a person gets",
    "messages/ways": "reads by which ways a kind may travel from a shop",
    "messages/causes": "what has become of the fact a message follows from",
    "messages/examples": "reads what a preview is filled with",
    "messages/gather": "reads everything the gate asks for",
    "messages/mail_form": "pure: how an e-mail looks, and the form of an ad",
    "messages/checks": "reads what may be sent to one person now, and why not",
    "messages/duties": "reads which notices of the law have reached nobody yet",
    "messages/forms": "pure: the form of an ad, and what makes a notice one",
    "messages/push_form": "pure: how a push looks, and the form of an ad",
    "messages/pushes": "reads the browsers that let a shop push to them",
    "messages/raising": "which notices a shop sends as ads",
    "messages/results": "reads that tell what came of automations and campaigns",
    "messages/faded": "reads which regulars fell silent and heard nothing since",
    "messages/lift": "pure: how many more came, and the room that chance needs",
    "messages/result_words": "pure: what came of messages in sentences",
    "messages/result_models": "tables of what messages bring",
    "messages/sums": "reads what the people of each side of a comparison did",
    "messages/routing": "pure: which way a message may travel to one person",
    "messages/outbox": "plans messages inside a flow",
    "messages/recall": "takes messages back inside a flow",
    "messages/inbox": "reads the letters on a card",
    "messages/history": "reads that tell what was sent and why not",
    "messages/previews": "reads for the owner's preview",
    "messages/demo_reads": "reads for the demo shop's phone",
    "messages/registry": "finds kinds and channels by their files",
    "messages/restores": "reads whether the database was put back from a backup lately",
    "messages/tries": "reads whether a message that waits may have reached somebody",
    "messages/turns": "reads whose turn it is to be sent",
    "messages/wanting": "reads whether the card may offer a review request",
    "messages/retries": "pure: pauses between attempts",
    "visits/cell_rules": "pure: what one cell of a spreadsheet says",
    "visits/header_rules": "pure: where a file's titles are, and which column is what",
    "visits/import_models": "tables of files that are taken in, and receipts of a till",
    "visits/import_steps": "changes to a file that is taken in, inside a flow",
    "visits/importing": "writes what was read of a file, inside a flow",
    "visits/imports": "reads about files that are taken in",
    "visits/line_rules": "pure: what the lines of a file say",
    "visits/list_rules": "pure: who stands in a list of people",
    "visits/piece_rules": "pure: how what was read lies sealed, piece by piece",
    "visits/receipt_rules": "pure: which receipt of a till is of which visit",
    "visits/receipts": "reads about receipts of a till",
    "visits/recounting": "counts people's visits again, inside a flow",
    "visits/registry": "finds the kinds of export by their files",
    "visits/source_contract": "what a kind of export must offer",
    "visits/unmaking": "takes back what a file brought, inside a flow",
    "visits/goods": "reads what is on the menu, how long it lasts, who bought it again",
    "visits/picks": "reads which recommended product fits somebody",
}
FOLDERS = {
    "cards/actions",
    "reviews/actions",
    "messages/actions",
    "messages/kinds",
    "messages/channels",
    "visits/sources",  # one file for each kind of export
    "insights/segments",
    "messages/providers",  # the HTTP clients of providers, one file each; a channel speaks through one
}
# What the doors may read from a feature room.
READS = house_files.READS | {
    "accounts",
    "clock_work",
    "account_words",
    "spending",
    "prices",
    "talk_templates",
    "queries",
    "rules",
    "firsts",
    "known",
    "known_rules",
    "people_files",
    "roster",
    "wallet",
    "weeks",
    "month_queries",
    "month_facts",
    "month_sections",
    "habits",
    "rhythms",
    "closing",
    "till",
    "bringers",
    "registry",
    "pushes",
    "by_hand",
    "letter_photos",
    "letter_rules",
    "personal",
    "kakao_channel",
    "kakao_rules",
    "checks",
    "drift",
    "counter",
    "kiosk",
    "history",
    "inbox",
    "previews",
    "examples",
    "demo_reads",
    "texts",
    "asks",
    "photos",
    "signins",
    "results",
    "duties",
    "holdout",
    "evidence",
    "campaigns",
    "comparisons",
    "today",
    "campaign_reach",
    "campaign_rules",
    "ways",
    "variants",
    "wanting",
    "days",
    "lines",
    "extras",
    "promises",
    "ends",
    "papers",
    "paper_rules",
    "statements",
    "day_rules",
    "closures",
    "calendar_rules",
    "merges",
    "boosts",
    "forecast",
    "gifts",
    "typed",
    "wording",
    "book",
    "purchases",
    "offers",
    "words",
    "groups",
    "filters",
    "filter_words",
    "own_groups",
    "moves",
    "faded",
    "goods",
    "offline",
    "offline_rules",
    "imports",
    "receipts",
    "header_rules",
    "source_contract",
}
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "lib"}


# --- imports ---------------------------------------------------------------------------------------


def _lint_imports(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


BREACHES = {
    "floors": ("cards/early.py", "from app.flows.stamp import give", "app.cards.early"),
    "root": ("flows/rooted.py", "from app import create_app", "app.flows.rooted"),
    "no-web": (
        "visits/webby.py",
        "def f():\n    from flask import request\n    return request",
        "app.visits.webby",
    ),
    "pure": ("shops/rules.py", "from app.kit.clock import utc_now", "app.shops.rules"),
    "doors": ("web/owner/straight.py", "from app.cards.models import Card", "app.web.owner.straight"),
    "audiences": ("web/customer/nosy.py", "from app.web.owner import blueprint", "app.web.customer.nosy"),
    "writers": ("cards/queries.py", "from app.cards.actions import ledger", "app.cards.queries"),
}


@pytest.fixture(scope="module")
def breached(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the house with one breach of every contract."""
    folder = tmp_path_factory.mktemp("breached")
    shutil.copytree(APP, folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "importlinter.ini", folder / ".importlinter")
    (folder / "app" / "attic").mkdir()
    (folder / "app" / "attic" / "__init__.py").touch()
    for name, line, _module in BREACHES.values():
        path = folder / "app" / name
        path.write_text((path.read_text("utf-8") if path.exists() else "") + f"\n{line}\n", "utf-8")
    return _lint_imports(folder)


def test_the_house_keeps_its_contracts(tmp_path: Path) -> None:
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "importlinter.ini", tmp_path / ".importlinter")
    said = _lint_imports(tmp_path)
    assert f"Contracts: {len(BREACHES)} kept, 0 broken." in said, said


@pytest.mark.parametrize("contract", BREACHES)
def test_a_planted_breach_is_seen(breached: str, contract: str) -> None:
    told = re.split(r"\n(?=[a-z-]+: [^\n]+\n-{5,}\n)", breached)
    mine = next((part for part in told if part.startswith(f"{contract}: ")), "")
    assert BREACHES[contract][2] in mine, breached


def test_a_room_without_a_floor_is_seen(breached: str) -> None:
    assert "attic" in breached


# --- where each line lives -------------------------------------------------------------------------


def test_packages_are_empty_but_for_the_root() -> None:
    full = [name_of(path) for path in files_in(APP, "__init__.py") if path.read_text("utf-8").strip()]
    assert full == ["app/__init__.py"]


def test_every_file_of_a_room_is_one_we_know() -> None:
    unknown = []
    for room in FEATURES:
        for path in files_in(APP / room):
            inner = path.relative_to(APP).with_suffix("").as_posix()
            folder = path.parent.relative_to(APP).as_posix()
            if folder in FOLDERS or (folder == room and (path.stem in OF_A_ROOM or inner in BEYOND)):
                continue
            unknown.append(name_of(path))
    assert not unknown, f"say in BEYOND what these are for: {unknown}"


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in files_in(APP) if {path.stem, path.parent.name} & BANNED] == []


def test_files_stay_short() -> None:
    limits = {APP: 320, ROOT / "launch": 320, ROOT / "bench": 320, ROOT / "tests": 400}
    files = [(path, most) for folder, most in limits.items() for path in files_in(folder)]
    files.append((ROOT / "config.py", 320))
    assert {
        name_of(path): n for path, most in files if (n := len(path.read_text("utf-8").splitlines())) > most
    } == {}


def test_the_doors_read_only_what_is_for_reading() -> None:
    wrong = []
    for door in ("web", "jobs", "cli"):
        for path in files_in(APP / door):
            for name in imports_in(tree_of(path)):
                parts = name.split(".")
                # messages.contract holds the words of the type system, nothing that reads or writes.
                if parts[0] == "app" and parts[1] in FEATURES and parts[2] not in READS | {"contract"}:
                    wrong.append(f"{name_of(path)} imports {name}")
    assert not wrong
