"""Rows into a table for a terminal, or for a file, where no terminal limits it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_WIDE = 160
"""Columns of a table that no terminal limits."""


def console_for_tables() -> Console:
    """Return what prints tables; without markup, for a cell may say [slots.name]."""
    return Console(markup=False, width=None if Console().is_terminal else _WIDE)


def table_with(*columns: str) -> Table:
    """Begin a table with these headings."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
