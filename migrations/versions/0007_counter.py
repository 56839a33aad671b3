"""Counter tablets, price buttons, checked uses."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Bring the database to this step."""


def downgrade() -> None:
    """Take this step back."""
