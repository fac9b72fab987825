"""The facts that choose the fixed part of a sheet, each with its value."""

from __future__ import annotations

Variant = tuple[tuple[str, str], ...]
"""Fact and value, in the document's order."""
