"""``fonts/fonts.toml`` of a pack → the fonts that its layouts may use beside ours, or BadLayout with what to do.

A font comes in with its sum, its licence and the right to be embedded. From there on it is like one of ours: named in
style sheets by its family, embedded glyph by glyph, and proved by its file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from renderer.model.errors import BadLayout
from renderer.model.sums import sum_of_all, sum_of_file
from renderer.model.toml import sentence_of
from renderer.press.fonts import FILES, MOST_BYTES, Face, embedding_fault, own_face

FOLDER, LIST = "fonts", "fonts.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Font(_Strict):
    """``[[fonts]]``: one font file."""

    family: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]*$")
    """As style sheets name it."""
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    """The file with its licence."""
    bold: bool = False
    """Whether it is the family's font-weight: 700, and not 400."""


class _FontsFile(_Strict):
    fonts: tuple[_Font, ...] = Field(strict=False)


@dataclass(frozen=True, slots=True)
class OwnFonts:
    """The fonts of one pack."""

    faces: tuple[Face, ...] = ()

    @property
    def families(self) -> Mapping[str, str]:
        """Each family that a style sheet may name → by what name the press knows it; ours by the same."""
        return {family: family for family, _ in FILES} | {face.family: face.key for face in self.faces}

    @property
    def files(self) -> tuple[Path, ...]:
        """The font files."""
        return tuple(face.path for face in self.faces)

    def has(self, family: str, bold: bool) -> bool:
        """Whether a family has a weight of its own."""
        return (family, bold) in FILES or any((face.family, face.bold) == (family, bold) for face in self.faces)


def own_fonts(pack: Path) -> OwnFonts:
    """Read what fonts a pack has; none where it has no ``fonts/fonts.toml``.

    :raises BadLayout: when that is not as it must be, or a font is missing, another than listed, without its licence,
        or may not be embedded.
    """
    listed = pack / FOLDER / LIST
    if not listed.is_file():
        return OwnFonts()
    where = f"{pack.name}/{FOLDER}/{LIST}"
    try:
        fonts = _FontsFile.model_validate(tomllib.loads(listed.read_text(encoding="utf-8"))).fonts
    except ValidationError as error:
        first = error.errors()[0]
        raise BadLayout(f"{where}: {'.'.join(map(str, first['loc']))}: {sentence_of(first)}") from error
    except ValueError as error:
        raise BadLayout(f"{where}: {error}; mend the file") from error
    for font in fonts:
        _check(where, listed.parent, font)
    if len({(font.family, font.bold) for font in fonts}) != len(fonts):
        raise BadLayout(f"{where}: a family has the same weight twice; leave one of them out")
    # By what is in it: another pack may have another font of this name, in the same process.
    sums = {font.family: sum_of_all(_sums_of(fonts, font.family))[:8] for font in fonts}
    return OwnFonts(
        tuple(
            own_face(font.family, font.bold, listed.parent / font.file, f"{font.family} {sums[font.family]}")
            for font in fonts
        )
    )


def _sums_of(fonts: Iterable[_Font], family: str) -> Iterable[str]:
    return (f"{font.bold} {font.sha256}" for font in fonts if font.family == family)


def _check(where: str, folder: Path, font: _Font) -> None:
    path, licence = folder / font.file, folder / font.licence
    if font.family in {family for family, _ in FILES}:
        raise BadLayout(f"{where}: '{font.family}' is a family of the project; give it another name")
    for file, what in ((path, "the font"), (licence, "its licence")):
        if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
            raise BadLayout(f"{where}: {file.name} is not in {FOLDER}/; put {what} there")
    if not licence.read_bytes().strip():
        raise BadLayout(f"{where}: {font.licence} is empty; put the licence of {font.file} into it")
    if path.stat().st_size > MOST_BYTES:
        raise BadLayout(f"{where}: {font.file} has more than {MOST_BYTES // 10**6} MB; take a smaller font")
    if (found := sum_of_file(path)) != font.sha256:
        raise BadLayout(
            f"{where}: {font.file} is not the file whose sum is written; take that file again, or if this one is meant "
            f'write sha256 = "{found}"'
        )
    if fault := embedding_fault(Face(font.family, font.bold, path, font.family)):
        raise BadLayout(f"{where}: {font.file} {fault}")
