"""Stamps scanned without a network."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the database to this step."""


def downgrade() -> None:
    """Take this step back."""
