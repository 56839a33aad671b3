"""Names are found by any part of them: the database itself keeps each name's endings, and those of its first sounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PART = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
_PLACES = ", ".join(f"({place})" for place in range(1, 41))

# What is typed is looked for without blanks and in small letters; a name's and its sounds' endings are one list.
_SQLITE_PARTS = f"""INSERT OR IGNORE INTO name_parts (shop_id, part, customer_id)
SELECT {{row}}.shop_id, substr(replace(lower(whole.text), ' ', ''), place.column1), {{row}}.id
FROM (SELECT {{row}}.name AS text UNION ALL SELECT {{row}}.initials) AS whole, (VALUES {_PLACES}) AS place
WHERE place.column1 <= length(replace(whole.text, ' ', ''))"""
_SQLITE = (
    f"""CREATE TRIGGER customers_name_new AFTER INSERT ON customers WHEN NEW.name <> ''
BEGIN {_SQLITE_PARTS.format(row="NEW")}; END""",
    f"""CREATE TRIGGER customers_name_changed AFTER UPDATE OF name, initials ON customers
WHEN OLD.name <> NEW.name OR OLD.initials <> NEW.initials
BEGIN DELETE FROM name_parts WHERE shop_id = OLD.shop_id AND customer_id = OLD.id;
{_SQLITE_PARTS.format(row="NEW")}; END""",
    """CREATE TRIGGER customers_name_gone BEFORE DELETE ON customers
BEGIN DELETE FROM name_parts WHERE shop_id = OLD.shop_id AND customer_id = OLD.id; END""",
    f"""INSERT OR IGNORE INTO name_parts (shop_id, part, customer_id)
SELECT whole.shop_id, substr(replace(lower(whole.text), ' ', ''), place.column1), whole.id
FROM (SELECT shop_id, id, name AS text FROM customers WHERE name <> ''
UNION ALL SELECT shop_id, id, initials FROM customers WHERE name <> '') AS whole, (VALUES {_PLACES}) AS place
WHERE place.column1 <= length(replace(whole.text, ' ', ''))""",
)
_PG_PARTS = """INSERT INTO name_parts (shop_id, part, customer_id)
SELECT DISTINCT {shop}, substr(bare.text, place), {id}
FROM (SELECT replace(lower(whole.text COLLATE "C"), ' ', '') AS text{keys}
FROM {whole}) AS bare, generate_series(1, length(bare.text)) AS place ON CONFLICT DO NOTHING"""
_PG = (
    f"""CREATE FUNCTION keep_name_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_OP <> 'INSERT' THEN
DELETE FROM name_parts WHERE shop_id = OLD.shop_id AND customer_id = OLD.id;
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
{_PG_PARTS.format(shop="NEW.shop_id", id="NEW.id", keys="", whole="(VALUES (NEW.name), (NEW.initials)) AS whole(text)")};
RETURN NEW;
END $$""",
    """CREATE TRIGGER customers_name_new AFTER INSERT ON customers FOR EACH ROW WHEN (NEW.name <> '')
EXECUTE FUNCTION keep_name_parts()""",
    """CREATE TRIGGER customers_name_changed AFTER UPDATE OF name, initials ON customers FOR EACH ROW
WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.initials IS DISTINCT FROM NEW.initials)
EXECUTE FUNCTION keep_name_parts()""",
    """CREATE TRIGGER customers_name_gone BEFORE DELETE ON customers FOR EACH ROW
EXECUTE FUNCTION keep_name_parts()""",
    _PG_PARTS.format(
        shop="bare.shop_id",
        id="bare.id",
        keys=", whole.shop_id, whole.id",
        whole="(SELECT shop_id, id, name FROM customers WHERE name <> '' UNION ALL"
        " SELECT shop_id, id, initials FROM customers WHERE name <> '') AS whole(shop_id, id, text)",
    ),
)


def upgrade() -> None:
    """Bring the database to this step."""
    op.create_table(
        "name_parts",
        sa.Column("shop_id", _ID, autoincrement=False, nullable=False),
        sa.Column("part", _PART, nullable=False),
        sa.Column("customer_id", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "part", "customer_id", name=op.f("pk_name_parts")),
        sa.ForeignKeyConstraint(
            ["shop_id", "customer_id"],
            ["customers.shop_id", "customers.id"],
            name=op.f("fk_name_parts_shop_id_customer_id"),
        ),
    )
    op.create_index("ix_name_parts_shop_customer", "name_parts", ["shop_id", "customer_id"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _PG:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take this step back."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("new", "changed", "gone"):
        op.execute(sa.text(f"DROP TRIGGER customers_name_{name}" + ("" if is_sqlite else " ON customers")))
    if not is_sqlite:
        op.execute(sa.text("DROP FUNCTION keep_name_parts()"))
    op.drop_index("ix_name_parts_shop_customer", table_name="name_parts")
    op.drop_table("name_parts")
