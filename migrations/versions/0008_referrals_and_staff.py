"""Who brought whom, limits of staff, the close of a day."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Bring the database to this step."""


def downgrade() -> None:
    """Take this step back."""
