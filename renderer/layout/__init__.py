"""A layout folder into plates, by way of WeasyPrint.

layout folder ── load ─▶ Layout ── engine (Jinja, WeasyPrint) ─▶ pages ── compiling ─▶ Plate
└─ reference ─▶ the same sheet, all of it by WeasyPrint
"""
