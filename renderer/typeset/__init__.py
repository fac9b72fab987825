"""From a layout and values to marks on paper.

layout folder ── layouts ─▶ Layout ── engine (Jinja, WeasyPrint) ─▶ pages ── plates ─▶ Plate ─┐
values ── fonts, fitting ─▶ clusters in their glyphs, lines in their box ─────────── press ─▶ print file
└─ reference ─▶ the same by WeasyPrint
"""
