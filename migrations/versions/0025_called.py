"""People are found by the called name of who comes along with them: by its beginning, or that of its first sounds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# By its bytes on both databases: then whatever begins with something lies between two bounds.
_WORD = sa.String(length=20).with_variant(sa.String(length=20, collation="C"), "postgresql")


def _write_called() -> None:
    friends = sa.table(
        "companions",
        *(sa.column("id", sa.Integer), sa.column("name", sa.String)),
        *(sa.column("called", sa.String), sa.column("initials", sa.String)),
    )
    bind, after = op.get_bind(), 0
    put = (
        friends.update()
        .where(friends.c.id == sa.bindparam("who"))
        .values(called=sa.bindparam("small"), initials=sa.bindparam("sounds"))
    )
    while True:
        some = sa.select(friends.c.id, friends.c.name).where(friends.c.id > after)
        rows = bind.execute(some.order_by(friends.c.id).limit(5_000)).all()
        if not rows:
            return
        bind.execute(
            put,
            [{"who": row.id, "small": _small(row.name), "sounds": _sounds(row.name)} for row in rows],
        )
        after = rows[-1].id


def _small(name: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in name if not char.isspace())


def _sounds(name: str) -> str:
    return "".join(
        _INITIALS[(ord(char) - 0xAC00) // 588] if "가" <= char <= "힣" else char for char in _small(name)
    )


def upgrade() -> None:
    """Bring the database to this step."""
    for name in ("called", "initials"):
        op.add_column('companions', sa.Column(name, _WORD, server_default='', nullable=False))
    _write_called()
    for name in ("called", "initials"):
        op.create_index(f'ix_companions_shop_{name}', 'companions', ['shop_id', name, 'customer_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    for name in ("called", "initials"):
        op.drop_index(f'ix_companions_shop_{name}', table_name='companions')
        op.drop_column('companions', name)
