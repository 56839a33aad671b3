"""The few words in which SQLite and PostgreSQL differ when a database fills itself."""

from __future__ import annotations

from typing import Protocol


class Speech(Protocol):
    """How one database says it. Arguments and answers are pieces of SQL."""

    def series(self, name: str, last: str) -> str:
        """Return a table of the numbers 1 … last in a column `name`."""

    def pad(self, number: str, width: int) -> str:
        """Return a number as text with leading zeros."""

    def at(self, minutes: str) -> str:
        """Return the moment so many minutes before :base."""

    def day(self, moment: str) -> str:
        """Return the Korean day of a stored moment."""


class SqliteSpeech:
    """SQLite; moments are text with six decimals, as SQLAlchemy writes them."""

    def series(self, name: str, last: str) -> str:
        """Count by a recursive query."""
        return (
            f"(WITH RECURSIVE counted({name}) AS (SELECT 1 UNION ALL SELECT {name} + 1 FROM counted"
            f" WHERE {name} < {last}) SELECT {name} FROM counted) AS s_{name}"
        )

    def pad(self, number: str, width: int) -> str:
        """Format."""
        return f"printf('%0{width}d', {number})"

    def at(self, minutes: str) -> str:
        """Calculate on seconds."""
        return f"strftime('%Y-%m-%d %H:%M:%S', :base, '-' || ({minutes}) || ' minutes') || '.000000'"

    def day(self, moment: str) -> str:
        """Move by the zone's nine hours."""
        return f"date({moment}, '+9 hours')"


class PostgresSpeech:
    """PostgreSQL."""

    def series(self, name: str, last: str) -> str:
        """Count."""
        return f"generate_series(1, CAST({last} AS integer)) AS s_{name}({name})"

    def pad(self, number: str, width: int) -> str:
        """Pad."""
        return f"lpad(CAST({number} AS text), {width}, '0')"

    def at(self, minutes: str) -> str:
        """Calculate on an interval."""
        return f"(CAST(:base AS timestamp) - ({minutes}) * interval '1 minute')"

    def day(self, moment: str) -> str:
        """Move by the zone's nine hours."""
        return f"CAST({moment} + interval '9 hours' AS date)"


def numbers_go_on(table: str) -> str:
    """Return what lets PostgreSQL number new rows behind those that were written with their numbers."""
    free = f"(SELECT max(id) + 1 FROM {table})"
    return f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {free}, false)"


def _code(speech: Speech, number: str, width: int) -> str:
    # Codes have no 0 and no 1; these two letters of the alphabet stand in for them.
    return f"replace(replace({speech.pad(number, width)}, '0', 'Z'), '1', 'Y')"


def statements(speech: Speech) -> list[str]:
    """Return one statement a table; parameters :customers, :stamps (for each), :reward, :base."""
    people, stamps = speech.series("n", ":customers"), speech.series("k", ":stamps")
    pad, at = speech.pad, speech.at
    past = at("(:stamps - k) * 4320 + n % 1440")  # every third day, each person at their own minute
    today = at("n % 1440")
    line = "(n - 1) * :stamps + k"
    return [
        "UPDATE card_rules SET hard_window_s = 0, cooldown_s = 0, daily_cap = 0",
        f"""INSERT INTO customers (id, shop_id, name, phone, phone_tail, phone_key, memo, likes, source, joined_at,
        first_visit_at, last_visit_at, visit_count)
        SELECT n, 1, '손님' || n, '+8210' || {pad("20000000 + n", 8)}, {pad("n % 10000", 4)}, 'bench' || n, '', '', 'qr',
        {at("600000")}, {at("500000")}, {today}, :stamps FROM {people}""",
        f"""INSERT INTO cards (id, shop_id, customer_id, rule_id, ref, spoken, balance, key_version, changed,
        opened_at)
        SELECT n, 1, n, (SELECT max(id) FROM card_rules), {_code(speech, "n", 10)}, {_code(speech, "n", 6)},
        :stamps, 1, :stamps, {at("600000")} FROM {people}""",
        f"""INSERT INTO visits (id, shop_id, customer_id, at, channel, party_size, staff_id, is_first)
        SELECT {line}, 1, n, {past}, 'shop', 1, 1, k = 1 FROM {people}, {stamps}""",
        f"""INSERT INTO ledger_entries (id, shop_id, card_id, customer_id, kind, delta, at, how, staff_id,
        visit_id, reason)
        SELECT {line}, 1, n, n, 'earn', 1, {past}, 'claim', 1, {line}, '' FROM {people}, {stamps}""",
        f"""INSERT INTO rewards (id, shop_id, card_id, customer_id, name, earned_at, entry_id)
        SELECT n, 1, n, n, :reward, {today}, n * :stamps FROM {people} WHERE n % 5 = 0""",
        f"""INSERT INTO messages (id, shop_id, customer_id, kind, channel, cause, dedupe_key, state, code, reason,
        due_at, not_after, facts, text, provider_key, provider_id, fence, tries, created_at, sent_at)
        SELECT n, 1, n, 'stamp_receipt', 'card', 'stamp:' || (n * :stamps), 'b:' || n, 'sent', '', '',
        {today}, {at("0")}, '{{}}', '방문해 주셔서 감사합니다.', 'bench' || n, '', 0, 0, {today}, {today} FROM {people}""",
        f"""INSERT INTO day_counts (shop_id, day, stamps, visits, returning_visits, new_customers, rewards_used)
        SELECT 1, {speech.day("at")}, count(*), count(*), count(*), 0, 0 FROM visits GROUP BY 2""",
    ]
