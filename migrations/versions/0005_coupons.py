"""What coupons need beyond their first tables."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the database to this step."""


def downgrade() -> None:
    """Take this step back."""
