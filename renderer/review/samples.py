"""A picture of a PDF → what of it is printed: its samples, and how they become colour.

A picture compressed otherwise without loss has the same samples (ISO 32000-1, 8.9.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pikepdf

from renderer.review.resolved import resolved

_CODECS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
_WORDS = {"/DeviceGray": "grey", "/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What is printed of a picture."""

    width: int
    height: int
    """In samples."""
    bits: int
    """Of a component."""
    space: str
    """In words."""
    samples: str
    """Their sum; of a codec that is not at hand, that of its data."""
    colours: str
    """The sum of all that makes colours of samples: space, palette, profile, /Decode."""
    mask: str
    """The sum of what hides parts of it; empty where nothing does."""
    drawing: str = ""
    """The sum of what else tells a device how to draw it: smoothed, or another one in its place."""

    def __str__(self) -> str:
        return f"{self.width} × {self.height} samples, {self.space}, {self.bits} bit"

    def differences(self, other: Picture) -> Iterator[str]:
        """Say what another has otherwise."""
        if (self.width, self.height, self.bits) != (other.width, other.height, other.bits):
            yield "size"
        if self.samples != other.samples:
            yield "samples"
        if self.colours != other.colours:
            yield "colours"
        if self.mask != other.mask:
            yield "mask"
        if self.drawing != other.drawing:
            yield "drawing (smoothed, or another in its place)"


def inline_picture(image: pikepdf.PdfInlineImage, resources: Any) -> Picture:
    """Read a picture that stands within a content, whose colour space may be one of the resources (8.9.7)."""
    with pikepdf.new() as aside:
        values = {**dict(image.obj), "/Subtype": pikepdf.Name.Image}
        space = resources.get("/ColorSpace", {}).get(str(values.get("/ColorSpace")))
        if space is not None:
            values["/ColorSpace"] = aside.copy_foreign(space) if space.is_indirect else space
        return picture(aside.make_stream(image.read_raw_bytes(), values))


def picture(stream: Any) -> Picture:
    """Read an image object (8.9.5)."""
    image = pikepdf.PdfImage(stream)
    colours = [stream.get(key) for key in ("/ColorSpace", "/Decode", "/Intent", "/SMaskInData")]
    drawing = [stream.get("/Interpolate", False), *(stream.get(key) for key in ("/Alternates", "/OPI"))]
    masks = [stream[key] for key in ("/SMask", "/Mask") if key in stream]
    return Picture(
        width=image.width,
        height=image.height,
        bits=image.bits_per_component,
        space="one colour" if image.image_mask else _space(image),
        samples=_samples(image),
        colours=resolved(pikepdf.Array(colours)),
        mask="".join(map(_mask, masks)),
        drawing=resolved(pikepdf.Array(drawing)),
    )


def _mask(mask: Any) -> str:
    """Sum up what hides parts of a picture: another picture, or colours (8.9.6)."""
    if not isinstance(mask, pikepdf.Stream):
        return resolved(mask)
    own = picture(mask)
    return sha256(f"{own} {own.samples} {own.colours} {resolved(mask.get('/Matte'))}".encode()).hexdigest()


def _space(image: Any) -> str:
    space = str(image.colorspace)
    words = _WORDS.get(space, space.lstrip("/"))
    return f"{words} by a palette" if image.palette else words


def _samples(image: Any) -> str:
    """Sum up the samples; a codec that loses something is asked for those that it gives back."""
    try:
        if set(image.filters) & _CODECS:
            data = image.as_pil_image(apply_decode_array=False, apply_mask=False).tobytes()
        else:
            data = image.read_bytes()
    except (pikepdf.PdfError, pikepdf.PikepdfError, ValueError, OSError, NotImplementedError):  # no codec of ours
        data = bytes(image.obj.read_raw_bytes())
    return sha256(data).hexdigest()
