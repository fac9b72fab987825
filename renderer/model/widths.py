"""Full-width signs → those of half width, and what is written for a hyphen, for all who read or break a text."""

NARROW = {ord("\u3000"): ord(" "), **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}
"""For ``str.translate``: the full-width forms of ASCII and the full-width blank."""
HYPHENS = "-－‐‑‒–—―−ーｰ"
"""What is written for the hyphen of a house number; only between digits does each of them mean one."""
