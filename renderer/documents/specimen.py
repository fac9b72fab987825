"""The sheet of evidence: hard characters, large, with their code points and fonts. No member file prints it."""

from __future__ import annotations

from renderer.documents.document import Document, Field

CELLS = 24
"""Characters on a page."""

_PARTS = {"glyph": "文字", "codes": "符号位置", "font": "フォント", "found": "出典"}

SPECIMEN = Document(
    name="specimen",
    facts={},
    fields={
        "page_of": Field("ページ"),
        **{f"{part}_{cell:02}": Field(label) for cell in range(1, CELLS + 1) for part, label in _PARTS.items()},
    },
)
