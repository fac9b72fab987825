"""fonts: text cut into clusters, each in the first font whose cmap has it, or refused by its code points."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import uharfbuzz
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._f_v_a_r import Axis
from hypothesis import given
from hypothesis import strategies as st
from ink import BIZ, FONTS, IPAMJ, source
from own_fonts import make_gaiji

from renderer.model.errors import BadJob, BadLayout
from renderer.press.fitting import DoesNotFit
from renderer.press.fonts import (
    FILES,
    Chain,
    Unprintable,
    check_fonts,
    clusters,
    code_points,
    face,
    load_gaiji,
)

MINCHO = Chain(["BIZ UDMincho", "IPAmjMincho"])
ADOBE, MOJI = "辻\U000e0101", "辻\U000e0102"
FOLLOWERS = "\u0301\u3099\u309a\ufe00\ufe0f\U000e0100\U000e01ef\u093e"

# Clusters


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        ("abc", ["a", "b", "c"]),
        ("山田太郎", ["山", "田", "太", "郎"]),
        ("𠮷田", ["𠮷", "田"]),
        ("葛\U000e0100城", ["葛\U000e0100", "城"]),
        ("神\ufe00", ["神\ufe00"]),
        ("葛\U000e0100\U000e0101", ["葛\U000e0100\U000e0101"]),
        ("か\u309aき\u3099", ["か\u309a", "き\u3099"]),
        ("e\u0301\u0323x", ["e\u0301\u0323", "x"]),
        ("क\u093e", ["क\u093e"]),  # Mc, a mark that takes room
        ("ハ\uff9e", ["ハ", "\uff9e"]),  # half-width marks are characters of their own
        ("\u3099か", ["\u3099", "か"]),
        ("\U000e0100山", ["\U000e0100", "山"]),
        ("山 \u3099", ["山", " ", "\u3099"]),
        ("山\u3000\U000e0100田", ["山", "\u3000", "\U000e0100", "田"]),
        ("山\n\u3099", ["山", "\n", "\u3099"]),
    ],
)
def test_a_selector_or_a_mark_joins_the_character_before_it(text: str, cut: list[str]) -> None:
    assert clusters(text) == cut


@given(st.text(st.sampled_from("山か aé\n\u3000" + FOLLOWERS)))
def test_clusters_lose_nothing_and_each_begins_with_its_only_base(text: str) -> None:
    cut = clusters(text)
    assert "".join(cut) == text
    for before, cluster in zip(["", *cut], cut, strict=False):
        assert not set(cluster[1:]) - set(FOLLOWERS)
        assert cluster[0] not in FOLLOWERS or not before.strip(), "a mark begins a cluster after a blank alone"


# Which font


@pytest.mark.parametrize(
    ("chain", "cluster", "family"),
    [
        (["BIZ UDMincho", "IPAmjMincho"], "山", "BIZ UDMincho"),
        (["IPAmjMincho", "BIZ UDMincho"], "山", "IPAmjMincho"),
        (["BIZ UDMincho", "IPAmjMincho"], "𠮷", "IPAmjMincho"),
        (["BIZ UDMincho", "IPAmjMincho"], ADOBE, "BIZ UDMincho"),
        (["IPAmjMincho", "BIZ UDMincho"], ADOBE, "BIZ UDMincho"),
        (["BIZ UDMincho", "IPAmjMincho"], MOJI, "IPAmjMincho"),
        (["BIZ UDGothic", "BIZ UDMincho"], "か\u309a", "BIZ UDGothic"),
    ],
)
def test_the_first_font_that_has_a_cluster_prints_it(chain: list[str], cluster: str, family: str) -> None:
    assert Chain(chain)[cluster].face.family == family


@pytest.mark.parametrize(("family", "bold"), FILES)
def test_glyphs_and_advances_are_those_of_the_files_own_tables(family: str, bold: bool) -> None:
    ours, oracle = face(family, bold), source(FONTS / FILES[family, bold])
    assert ours.name == oracle.name
    texts = [*oracle.characters, *oracle.pairs]
    for text in texts[::37]:
        glyph = ours.glyph_of(text)
        assert glyph is not None
        assert (glyph.gid, glyph.advance) == oracle.metrics(oracle.glyph(text)), code_points(text)


def test_a_pair_is_not_printed_by_its_plain_character() -> None:
    pair = "山\U000e01ef"
    assert MINCHO["山"]
    with pytest.raises(Unprintable, match=r"^U\+5C71 U\+E01EF$") as refused:
        MINCHO[pair]
    assert refused.value.cluster == pair


@pytest.mark.parametrize(
    "cluster",
    [
        "\u0e01",
        "😀",
        "\u200b",
        "\n",
        "\U000e0100",
        "山\u3099",  # no font has this letter: base and mark would be set side by side
        "山\U000e0100\U000e0101",
        "葛\U000e0100\u3099",
        "か\u309a\U000e0100",
        "\ue000",
        "\uf860",  # IPAmj has a glyph of its own there
    ],
)
def test_what_no_font_has_is_unprintable_and_named_by_its_code_points(cluster: str) -> None:
    with pytest.raises(Unprintable) as refused:
        MINCHO[cluster]
    assert str(refused.value) == code_points(cluster)


def test_the_selectors_that_could_be_printed_are_named_once_each() -> None:
    with pytest.raises(Unprintable) as refused:
        Chain(["BIZ UDGothic", "BIZ UDMincho", "IPAmjMincho"])["邉\U000e01ef"]
    oracle = {pair for path in (BIZ, IPAMJ) for pair in source(path).pairs if pair[0] == "邉"}
    assert len(oracle) > 10
    assert list(refused.value.instead) == sorted(oracle)


def test_runs_change_with_the_font_and_lose_nothing() -> None:
    runs = [(used.family, run) for used, run in MINCHO.runs(f"山𠮷{MOJI}{ADOBE} か\u309a")]
    assert runs == [
        ("BIZ UDMincho", ["山"]),
        ("IPAmjMincho", ["𠮷", MOJI]),
        ("BIZ UDMincho", [ADOBE, " ", "か\u309a"]),
    ]
    assert list(MINCHO.runs("")) == []


def test_a_family_that_is_not_ours_is_refused_and_ours_are_named() -> None:
    with pytest.raises(BadLayout, match=r"'Arial' is not one of the project's fonts; use one of: BIZ UDGothic, BIZ"):
        Chain(["BIZ UDMincho", "Arial"])
    with pytest.raises(BadLayout, match="bold 'BIZ UDMincho' is not one"):
        Chain(["BIZ UDMincho"], bold=True)
    assert Chain(["BIZ UDGothic", "IPAmjMincho"], bold=True)["𠮷"].face is face("IPAmjMincho")


def test_a_glyph_never_takes_more_room_than_is_kept_for_it() -> None:
    for text in list(source(BIZ).characters)[::11]:
        glyph = Chain(["BIZ UDPMincho"])[text] if text in source(BIZ).characters else None
        assert glyph is not None
        for size in (8192, 10922, 14336, 16384):
            drawn = round(glyph.advance * 1000 / glyph.face.upem) / 1000 * size
            assert glyph.room(size) >= max(drawn, glyph.units(size))
            assert glyph.room(size) - glyph.advance * size / glyph.face.upem <= 1 + size / 2000


def test_a_face_goes_to_another_process_as_its_name() -> None:
    for used in (face("BIZ UDGothic", True), face("IPAmjMincho")):
        assert pickle.loads(pickle.dumps(used)) is used  # noqa: S301 - written here
        assert len(pickle.dumps(used)) < 500


# An insurer's own font


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "gaiji.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("codes", ["U+F860", "F860", "u+f860 ".upper(), " f860"])
@pytest.mark.parametrize("start", ["code,note\n", "\ufeffcode,note\r\n", "note,code\n,"])
def test_a_table_names_the_characters_the_insurer_vouches_for(tmp_path: Path, codes: str, start: str) -> None:
    font = make_gaiji(tmp_path, {"\uf860": "崎", "\uf861": "邉"})
    gaiji = load_gaiji(font, table(tmp_path, f"{start}{codes}\n"))
    assert gaiji.characters == {"\uf860"}
    chain = Chain(["BIZ UDMincho"], gaiji=gaiji)
    assert chain["\uf860"].face.path == font
    assert chain["\uf860"].gid == source(font).metrics(source(font).characters["\uf860"])[0]
    with pytest.raises(Unprintable):
        chain["\uf861"]
    with pytest.raises(Unprintable):
        chain["𠮷"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,note\nU+E000,\n", "gaiji.csv line 2: ipamjm.ttf has no glyph for U+E000"),
        ("code,note\nU+F860,\nU+56FD,国\n", "gaiji.csv line 3: this is no user-defined character"),
        ("code,note\nsomething,\n", "gaiji.csv line 2: this is no user-defined character"),
        ("code,note\nU+110000,\n", "gaiji.csv line 2: this is no user-defined character"),
        ("code,note\nU+D800,\n", "gaiji.csv line 2: this is no user-defined character"),
        ("note,code\nonly a note\n", "gaiji.csv line 2: this is no user-defined character"),
        ("kode,note\nU+F860,\n", "gaiji.csv: the column 'code' is missing"),
        ("", "gaiji.csv: the column 'code' is missing"),
        ("code,note\nU+F860,外字\n".encode("cp932"), "gaiji.csv is not UTF-8"),
    ],
)
def test_a_table_that_does_not_agree_with_its_font_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(BadJob) as refused:
        load_gaiji(IPAMJ, table(tmp_path, text))
    assert said in str(refused.value)
    assert "国" not in str(refused.value)


def test_a_font_that_cannot_be_embedded_is_refused(tmp_path: Path) -> None:
    codes = table(tmp_path, "code,note\nU+F860,\n")
    (tmp_path / "text.ttf").write_text("no font")
    (tmp_path / "nameless.ttf").write_bytes(without_names(IPAMJ))
    outlines = FontBuilder(1000, isTTF=False)
    outlines.setupGlyphOrder([".notdef", "own"])
    outlines.setupCharacterMap({0xF860: "own"})
    outlines.setupNameTable({"psName": "InsurerGaiji"})
    outlines.setupCFF("InsurerGaiji", {}, {".notdef": T2CharString(), "own": T2CharString()}, {})
    outlines.save(tmp_path / "postscript.otf")
    for name in ("text.ttf", "nameless.ttf", "postscript.otf"):
        with pytest.raises(BadJob, match=rf"^{name} cannot be embedded; give a TrueType font"):
            load_gaiji(tmp_path / name, codes)


def vary(font: TTFont) -> None:
    font["fvar"], weight = newTable("fvar"), Axis()
    weight.axisTag = "wght"
    font["fvar"].axes = [weight]


def with_rights(rights: int) -> Callable[[TTFont], None]:
    return lambda font: setattr(font["OS/2"], "fsType", rights)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (vary, "is a variable font; give one file for each weight"),
        (with_rights(0x002), r"forbids to embed parts of it in a document \(OS/2 fsType 2\)"),
        (with_rights(0x100), r"forbids to embed parts of it in a document \(OS/2 fsType 256\)"),
        (with_rights(0x208), r"forbids to embed parts of it in a document \(OS/2 fsType 520\)"),
        (lambda font: font.__delitem__("OS/2"), r"does not say whether it may be embedded \(OS/2 fsType\)"),
    ],
    ids=["variable", "restricted", "not-in-parts", "bitmaps-alone", "silent"],
)
def test_a_font_of_several_weights_or_that_may_not_be_embedded_is_refused(
    tmp_path: Path, change: Callable[[TTFont], None], said: str
) -> None:
    path, codes = make_gaiji(tmp_path, {"\uf860": "崎"}), table(tmp_path, "code,note\nU+F860,\n")
    assert load_gaiji(path, codes).characters == {"\uf860"}
    with TTFont(path, lazy=False) as font:
        change(font)
        font.save(path)
    with pytest.raises(BadJob, match=f"^gaiji.ttf {said}"):
        load_gaiji(path, codes)


@pytest.mark.parametrize("name", ["gaiji.ttf", "gaiji.csv"])
def test_a_font_or_table_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "gaiji.ttf").write_bytes(IPAMJ.read_bytes())
    table(tmp_path, "code,note\nU+F860,\n")
    with (tmp_path / name).open("ab") as file:
        file.truncate(10**9)
    with pytest.raises(BadJob, match=f"^{name} has more than 64 MB"):
        load_gaiji(tmp_path / "gaiji.ttf", tmp_path / "gaiji.csv")


def without_names(path: Path) -> bytes:
    request = uharfbuzz.SubsetInput()
    request.unicode_set.update([0xF860])
    request.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).add(int.from_bytes(b"name", "big"))
    subset = uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))), request)
    return bytes(subset.blob.data)


# The files


def test_the_fonts_are_the_files_that_are_listed() -> None:
    assert set(check_fonts()) == set(FILES.values()) == {path.name for path in FONTS.glob("*.ttf")}


def test_a_font_that_was_changed_or_is_missing_is_refused(tmp_path: Path) -> None:
    shutil.copy(FONTS / "SHA256SUMS", tmp_path)
    with pytest.raises(BadLayout, match=r"font BIZ.*\.ttf is missing from"):
        check_fonts(tmp_path)
    for path in FONTS.glob("*.ttf"):
        (tmp_path / path.name).symlink_to(path)
    assert check_fonts(tmp_path) == check_fonts()
    (tmp_path / "ipamjm.ttf").unlink()
    (tmp_path / "ipamjm.ttf").write_bytes(IPAMJ.read_bytes()[:-1] + b"\1")
    with pytest.raises(BadLayout, match=r"font ipamjm\.ttf is not the one listed"):
        check_fonts(tmp_path)


def test_what_cannot_be_printed_is_told_by_another_process_too() -> None:
    for refused in (Unprintable("山\U000e0100", ("山\U000e0101",)), DoesNotFit("lines", needed=3, given=2, floor="8")):
        told = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own
        assert (type(told), str(told), vars(told)) == (type(refused), str(refused), vars(refused))
