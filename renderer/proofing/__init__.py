"""Proof for designers, QA and every run: pixels, glyphs, text read back, goldens, comparisons."""
