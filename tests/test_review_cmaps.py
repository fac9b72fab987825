"""The codes of a font, as the CMaps of a PDF have them: how long each is, which CID it is, what it says."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Name

from renderer.review import cmaps

OWN = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Own def /CMapType 1 def
2 begincodespacerange <00> <80> <8140> <9ffc> endcodespacerange
1 begincidchar <20> 1 endcidchar
2 begincidrange <41> <43> 34 <8140> <817e> 633 endcidrange
endcmap end end"""
TEXTS = b"""1 begincodespacerange <0000> <ffff> endcodespacerange
2 beginbfchar <0001> <845bdb40dd00> <0002> <d842dfb7> endbfchar
2 beginbfrange <0010> <0012> <30ab> <0020> <0021> [<0041> <00420043>] endbfrange"""


HOLDER = pikepdf.new()
"""A stream lives as long as its file."""


def test_a_cmap_of_the_file_splits_a_string_by_its_ranges_and_names_cids() -> None:
    encoding = cmaps.encoding(HOLDER.make_stream(OWN))
    codes = list(encoding.split(b" B\x81\x41C"))
    assert codes == [b" ", b"B", b"\x81\x41", b"C"]
    assert [encoding.cid(code) for code in codes] == [1, 35, 634, 36]
    assert encoding.cid(b"z") == 0


def test_texts_are_those_of_single_codes_of_ranges_and_of_lists() -> None:
    assert cmaps.texts(HOLDER.make_stream(TEXTS)) == {
        b"\0\1": "葛\U000e0100",
        b"\0\2": "𠮷",
        b"\0\x10": "カ",
        b"\0\x11": "ガ",
        b"\0\x12": "キ",
        b"\0\x20": "A",
        b"\0\x21": "BC",
    }


@pytest.mark.parametrize(
    ("name", "string", "texts"),
    [
        ("/UniJIS-UTF16-H", "資𠮷".encode("utf-16-be"), ["資", "𠮷"]),
        ("/90ms-RKSJ-V", "ｱ資A".encode("cp932"), ["ｱ", "資", "A"]),
        ("/EUC-H", "資A".encode("euc_jp"), ["資", "A"]),
        ("/H", b"\x30\x21", [""]),
    ],
)
def test_a_cmap_that_every_reader_has_is_known_by_its_name(name: str, string: bytes, texts: list[str]) -> None:
    encoding = cmaps.encoding(Name(name))
    assert [encoding.text(code) for code in encoding.split(string)] == texts
    assert encoding.cid(string[:2]) is None


def test_identity_is_two_bytes_and_the_cid_itself() -> None:
    encoding = cmaps.encoding(Name("/Identity-H"))
    assert [encoding.cid(code) for code in encoding.split(b"\0\1\2\3")] == [1, 0x203]
