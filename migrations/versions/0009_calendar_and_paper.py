"""Closed days, paper cards brought along."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Bring the database to this step."""


def downgrade() -> None:
    """Take this step back."""
