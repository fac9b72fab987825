"""The 個人番号 of rows → sums by which those of one number are known, and no number is.

From a plain sum a 個人番号 is found by trying all there are: these are made with a key that ends with the run.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from renderer.intake.rows import Row
from renderer.model.widths import NARROW

_BYTES = 8
"""Of a sum: among a million numbers two share one with a chance of one in thirty million."""


class NumberSums:
    """Makes the sums of one run; another gives others for the same numbers."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(blake2b.MAX_KEY_SIZE)

    def of(self, rows: Sequence[Row]) -> Iterator[tuple[int, bytes]]:
        """Yield line and sum of each row that has the twelve digits, however they are divided.

        A number of one digit twelve times is nobody's, and told as such (``my-number-of-one-digit``).
        """
        for row in rows:
            digits = row.fields.get("個人番号", "")
            if not (len(digits) == 12 and digits.isascii() and digits.isdigit()):
                digits = "".join(filter(str.isdigit, digits.translate(NARROW)))
            if len(digits) == 12 and len(set(digits)) > 1:
                yield row.line, blake2b(digits.encode(), key=self._key, digest_size=_BYTES).digest()
