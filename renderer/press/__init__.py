"""Plates and values into a print file.

values ── fonts, fitting ─▶ clusters in their glyphs, lines in their box ── marks, press ─▶ print file
"""
