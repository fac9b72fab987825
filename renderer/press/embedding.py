"""Embed the glyphs a print file has used: one subset of each font, with widths and ToUnicode → PDF objects.

A character identifier (CID) stands for one glyph *and* one text, so that text read back from a page is the text that
was given, selectors and compatibility ideographs included, even where two of them share a glyph. The first text of a
glyph has the glyph's index as its CID (WeasyPrint numbers so, and the plates come from WeasyPrint); every further
text gets a CID behind the font's last glyph, and the CIDToGIDMap leads it to the same outline.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import uharfbuzz as hb

from renderer.model.errors import BadJob
from renderer.press.fonts import Face, Glyph
from renderer.press.pdffile import PdfFile

MAX_CID = 0xFFFF
_DROP = ("GSUB", "GPOS", "GDEF", "BASE", "DSIG", "OS/2", "gasp", "meta", "name", "post", "vhea", "vmtx", "cmap", "kern")


class TooManyTexts(BadJob):
    """More different texts than a font has identifiers for; the batch has to be smaller."""


class FileFont:
    """One font of one print file: the identifiers given out so far."""

    def __init__(self, face: Face, resource: str, reserve: Callable[[], int]) -> None:
        self.face = face
        self.number = 0
        """Object number of the font dictionary; 0 while no glyph of the font is used."""
        self._reserve = reserve
        self.resource = resource
        """Its name in the file's resources."""
        self._cids: dict[tuple[int, str], int] = {}
        self._texts: dict[int, tuple[int, str]] = {}
        self._next = face.glyph_count

    def cid(self, gid: int, text: str) -> int:
        """Return the identifier of ``gid`` where it stands for ``text``.

        :raises TooManyTexts: when the 65,536 identifiers are used up.
        """
        found = self._cids.get((gid, text))
        if found is None:
            found = self._new_cid(gid)
            self._cids[gid, text] = found
            self._texts[found] = (gid, text)
        return found

    def _new_cid(self, gid: int) -> int:
        self.number = self.number or self._reserve()
        if gid not in self._texts:
            return gid
        if self._next > MAX_CID:
            raise TooManyTexts(f"{self.face.name} has no identifier left for another text; use smaller batches")
        self._next += 1
        return self._next - 1

    def hex_of(self, glyph: Glyph, text: str) -> str:
        """Return the identifier as four hexadecimal digits."""
        return f"{self.cid(glyph.gid, text):04x}"

    def put(self, pdf: PdfFile) -> None:
        """Write the font with everything it needs."""
        used = sorted(self._texts.items())
        data, new_gids = subset(self.face, {gid for _, (gid, _) in used})
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(data).digest()[:6])
        name = f"/{tag}+{self.face.name}".encode()
        file = pdf.put_stream(data, b"/Length1 %d" % len(data))
        descriptor = pdf.put(self._descriptor(name, file))
        mapping = bytearray(2 * (used[-1][0] + 1))
        for cid, (gid, _) in used:
            mapping[2 * cid : 2 * cid + 2] = new_gids[gid].to_bytes(2, "big")
        cid_map = pdf.put_stream(bytes(mapping))
        to_unicode = pdf.put_stream(to_unicode_cmap((cid, text) for cid, (_, text) in used))
        descendant = pdf.put(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/CIDToGIDMap %d 0 R/DW 1000/W[%b]/FontDescriptor %d 0 R>>"
            % (name, cid_map, self._widths(used), descriptor)
        )
        pdf.put(
            b"<</Type/Font/Subtype/Type0/BaseFont%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, descendant, to_unicode),
            self.number,
        )

    def _widths(self, used: Sequence[tuple[int, tuple[int, str]]]) -> bytes:
        font, upem = self.face.hb_font, self.face.upem
        widths = ((cid, round(font.get_glyph_h_advance(gid) * 1000 / upem)) for cid, (gid, _) in used)
        return b" ".join(b"%d[%d]" % (cid, width) for cid, width in widths)

    def _descriptor(self, name: bytes, file: int) -> bytes:
        extents = self.face.hb_font.get_font_extents("ltr")
        ascent, descent = (round(value * 1000 / self.face.upem) for value in (extents.ascender, extents.descender))
        # Flags: symbolic (9.8.2), since the codes are our own. StemV cannot be known from a glyf font.
        return (
            b"<</Type/FontDescriptor/FontName%b/Flags 4/FontBBox[-1000 %d 2000 %d]/ItalicAngle 0/Ascent %d/Descent %d"
            b"/CapHeight %d/StemV 80/FontFile2 %d 0 R>>"
            % (name, descent, ascent, ascent, descent, ascent, file)
        )  # fmt: skip


def subset(face: Face, gids: Iterable[int]) -> tuple[bytes, dict[int, int]]:
    """Cut a font down to some glyphs; return the font file and old glyph index → new one.

    Outlines are untouched; hinting is dropped, as the reference drops it.
    """
    request = hb.SubsetInput()
    request.sets(hb.SubsetInputSets.GLYPH_INDEX).update(gids)
    request.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(_tag(name) for name in _DROP)
    request.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    plan = hb.SubsetPlan(face.hb_face, request)
    cut = plan.execute()
    return bytes(cut.blob.data), dict(plan.old_to_new_glyph_mapping)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode().ljust(4), "big")


def to_unicode_cmap(pairs: Iterable[tuple[int, str]]) -> bytes:
    """Write a ToUnicode CMap (9.10.3) for (CID, text) pairs."""
    entries = [b"<%04X><%b>" % (cid, text.encode("utf-16-be").hex().upper().encode()) for cid, text in pairs]
    # A section may hold 100 entries at most (Adobe Technical Note 5014).
    sections = (entries[i : i + 100] for i in range(0, len(entries), 100))
    body = b"\n".join(b"%d beginbfchar\n%b\nendbfchar" % (len(part), b"\n".join(part)) for part in sections)
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
        b"<</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n" + body + b"\nendcmap\n"
        b"CMapName currentdict /CMap defineresource pop\nend\nend"
    )
