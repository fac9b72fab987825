"""A path → an open PDF, or the one sentence that says it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf

from renderer.model.errors import Unreadable

_BROKEN = (
    pikepdf.PikepdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
)
"""What a file that is none makes of reading it, or of a part of it."""


@contextmanager
def opened(pdf: Path) -> Iterator[pikepdf.Pdf]:
    """Open a PDF, and close it at the end.

    :raises Unreadable: when it is none, or needs a password.
    """
    with refusing(pdf.name):
        found = pikepdf.open(pdf)
    with found:
        yield found


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Refuse a file that turns out to be broken where it is read."""
    try:
        yield
    except pikepdf.PasswordError as error:
        raise Unreadable(f"{name} is locked with a password; save it without one") from error
    except _BROKEN as error:
        raise Unreadable(f"{name} cannot be read as a PDF; make it again") from error
