"""An insurer's own characters (外字) → a font that draws them, and the table that vouches for them."""

from __future__ import annotations

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from ink import BIZ


def make_gaiji(folder: Path, drawn: dict[str, str], *, units: int = 2048) -> Path:
    """Make an insurer's own font: user-defined character → the kanji of BIZ UDMincho it looks like."""
    path = folder / "gaiji.ttf"
    with TTFont(BIZ, recalcTimestamp=False) as font:
        options = subset.Options(name_IDs=["*"], glyph_names=True, layout_features=[])
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(drawn.values()))
        subsetter.subset(font)
        glyphs = font.getBestCmap()
        font["cmap"].tables = [table for table in font["cmap"].tables if table.format == 4]
        for table in font["cmap"].tables:
            table.cmap = {ord(own): glyphs[ord(kanji)] for own, kanji in drawn.items()}
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                record.string = "InsurerGaiji"
        if units != 2048:
            scale_upem(font, units)
        font.save(path)
    return path


def make_table(folder: Path, codes: str) -> Path:
    path = folder / "gaiji.csv"
    path.write_text("code,note\n" + "".join(f"{code},\n" for code in codes.split()), encoding="utf-8")
    return path
