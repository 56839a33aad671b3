"""Of people who come with a file the endings of names are written by whom the file is written by, many at once and in
order: the trigger that keeps them for each new person leaves those alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_PLACES = ", ".join(f"({place})" for place in range(1, 41))
_SQLITE_BODY = f"""BEGIN INSERT OR IGNORE INTO name_parts (shop_id, part, customer_id)
SELECT NEW.shop_id, substr(replace(lower(whole.text), ' ', ''), place.column1), NEW.id
FROM (SELECT NEW.name AS text UNION ALL SELECT NEW.initials) AS whole, (VALUES {_PLACES}) AS place
WHERE place.column1 <= length(replace(whole.text, ' ', '')); END"""


def upgrade() -> None:
    """Bring the database to this step."""
    _make("NEW.name <> '' AND NEW.source <> 'import'")


def downgrade() -> None:
    """Take this step back."""
    _make("NEW.name <> ''")


def _make(when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text("DROP TRIGGER customers_name_new"))
        made = f"CREATE TRIGGER customers_name_new AFTER INSERT ON customers WHEN {when}\n{_SQLITE_BODY}"
    else:
        op.execute(sa.text("DROP TRIGGER customers_name_new ON customers"))
        made = (
            f"CREATE TRIGGER customers_name_new AFTER INSERT ON customers FOR EACH ROW WHEN ({when})"
            " EXECUTE FUNCTION keep_name_parts()"
        )
    op.execute(sa.text(made))
