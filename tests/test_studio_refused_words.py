"""What refuses a layout is said in Japanese, too: every sentence of the program has its own, and none is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from studio_hands import ROOT

from renderer.studio import refused_words
from renderer.studio.refused_words import in_japanese

LAYOUT = ROOT / "renderer" / "layout"
UNKNOWN = in_japanese("", "layout-refused")
"""What a sentence begins with that has no Japanese."""
REFUSES = {"BadLayout": "{}", "_NotPrinted": "{}"}
BY_A_SLOT = {**REFUSES, "refuse": "slot 'x' cannot be compiled: {}"}
BY_A_TEXT = {**REFUSES, "refuse": "「x」 {} by 1 mm; x"}
MADE_OF_OTHERS = {"0", "0: 0", "0; look for loops", "0: 0 0 by 0 mm; 0", "0: slot '0' cannot be compiled: 0"}
NEVER_IN_A_STUDIO = {"0: 0 has no variant 0", "no layout '0'; there are 0"}
WITH_TWO_ENDS = {"0: the sheet has 0 pages, layout.toml promises 0; 0"}


def text_of(node: ast.AST) -> str:
    """A sentence as it is written, with ``0`` for each value."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(text_of, parts))
        case ast.BinOp(left=left, right=right):
            return text_of(left) + text_of(right)
        case _:
            return "0"


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def raised(module: str, how: dict[str, str]) -> Iterator[str]:
    """The sentences with which a module refuses."""
    for node in nodes(LAYOUT / f"{module}.py"):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[said, *_]) if name in how:
                written, sentence = how[name], text_of(said)
            case ast.Yield(value=ast.JoinedStr() as said) if "yield" in how:
                written, sentence = how["yield"], text_of(said)
            case _:
                continue
        if sentence not in MADE_OF_OTHERS | NEVER_IN_A_STUDIO | WITH_TWO_ENDS:
            yield written.format(sentence)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("absent", {"yield": "{}"}),
        ("compiling", BY_A_SLOT),
        ("engine", REFUSES),
        ("fixed_part", BY_A_TEXT),
        ("ground", REFUSES),
        ("limits", REFUSES),
        ("line_ends", {"ValueError": "{}"}),
        ("load", REFUSES),
        ("schema", {"ValueError": "slots.name: {}"}),
        ("templates", REFUSES),
        ("visible", {"yield": "{}"}),
    ],
)
def test_every_sentence_that_refuses_a_layout_has_its_japanese(name: str, how: dict[str, str]) -> None:
    said = list(raised(name, how))
    assert said
    assert [sentence for sentence in said if in_japanese(sentence, "layout-refused").startswith(UNKNOWN)] == []


def test_no_sentence_is_left_over_that_the_program_does_not_say() -> None:
    files = [path for path in (ROOT / "renderer").rglob("*.py") if path.name != "refused_words.py"]
    said = "\n".join(text_of(node) for path in files for node in nodes(path) if isinstance(node, ast.expr))
    begins = refused_words.OF_SLOT, "{place}: "
    sentences = [sentence.removeprefix(begins[0]).removeprefix(begins[1]) for sentence in refused_words.SENTENCES]
    pieces = [max(re.split(r"\{\w+\}|; |, ", sentence), key=len).strip() for sentence in sentences]
    assert [piece for piece in pieces if piece not in said] == []


NO_HEIGHT = "notice: slot 'name' cannot be compiled: its height depends on its value; give it a height in mm"
NO_SLOT = (
    "slot('telephone') has no [slots.telephone] in layout.toml, and is no value of a member; use {{ x.telephone }}"
)


@pytest.mark.parametrize(
    ("said", "japanese"),
    [
        ("unknown property; did you mean 'top'?", "知らない属性です。'top' のことですか。"),
        (NO_HEIGHT, "差込欄 name を組めません。高さが値で変わります。高さを mm で書いてください。"),
        (NO_SLOT, "telephone は人ごとの値ではありません。{{ x.telephone }} と書いてください。"),
        ("something quite new", "このレイアウトは組めません。something quite new"),
    ],
)
def test_a_sentence_is_said_with_its_names_and_one_that_is_not_known_whole(said: str, japanese: str) -> None:
    assert in_japanese(said, "layout-refused") == japanese
