"""Full-width signs → those of half width: where a number, a date or a key is read, the width says nothing."""

NARROW = {ord("\u3000"): ord(" "), **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}
"""For ``str.translate``: the full-width forms of ASCII and the full-width blank."""
