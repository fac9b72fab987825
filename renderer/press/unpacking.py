"""A stream of another program's PDF → its bytes, or Damaged where a lenient reader would guess the rest.

Clauses are of ISO 32000-1.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageFile
from pypdf.filters import ASCII85Decode, ASCIIHexDecode, CCITTFaxDecode, LZWDecode, RunLengthDecode
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

MOST_UNPACKED = 200_000_000
"""Bytes of one stream: A4 in four inks at 600 dpi is less."""
MOST_PIXELS = 150_000_000
"""Of a picture that is packed as one: A4 in one ink at 1200 dpi is less."""

_DECODERS = {
    "/ASCIIHexDecode": ASCIIHexDecode.decode,
    "/ASCII85Decode": ASCII85Decode.decode,
    "/LZWDecode": LZWDecode.decode,
    "/RunLengthDecode": RunLengthDecode.decode,
}
_OF_PICTURES = ("/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode")
_COMPONENTS = {"/DeviceGray": 1, "/CalGray": 1, "/Indexed": 1, "/Separation": 1}
_COMPONENTS |= {"/DeviceRGB": 3, "/CalRGB": 3, "/Lab": 3, "/DeviceCMYK": 4}


class Damaged(Exception):  # noqa: N818 - what an insert is, no error of the program
    """Bytes that cannot be read to their end."""


def unpacked(stream: StreamObject) -> tuple[bytes, str]:
    """Take the filters off a stream (7.4); return its data, and the filter of pictures that is still on it or "".

    What was predicted (7.4.4.4) stays so: nothing is lost by it.

    :raises Damaged: when a filter cannot read them to their end, is none, or makes too much of them.
    """
    data: bytes = stream._data
    for name, _ in _filters(stream):
        if name in _OF_PICTURES:
            return data, name
        if name == "/FlateDecode":
            data = _inflated(data)
        elif name in _DECODERS:
            try:
                data = _DECODERS[name](data)
            except Exception as error:  # pypdf meets broken data with whatever it stumbles over
                raise Damaged from error
        else:
            raise Damaged
    return data, ""


def check_picture(picture: DictionaryObject, data: bytes, packed: str) -> None:
    """Check that a picture has all its rows (8.9.5), from what ``unpacked`` says of it.

    :raises Damaged: when it cannot be drawn to its last row. Of JBIG2, and of a fax in an unusual way, it need only
        not be empty.
    """
    width, height = (_number(picture, key) for key in ("/Width", "/Height"))
    if not packed:
        row = (width * _bits_per_pixel(picture) + 7) // 8 + _predicted(picture)
        if len(data) < row * height:
            raise Damaged
    elif not data:
        raise Damaged
    elif packed == "/CCITTFaxDecode":
        parameters = next(given for name, given in _filters(picture) if name == packed)
        if _value(parameters, "/K", 0) < 0 and not _value(parameters, "/EncodedByteAlign", False):
            _draw(CCITTFaxDecode.decode(data, parameters, height), ("TIFF",))
    elif packed != "/JBIG2Decode":
        _draw(data, ("JPEG",) if packed == "/DCTDecode" else ("JPEG2000",))


def _filters(stream: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    """Yield filters by their whole names, with their parameters, in the order in which they are taken off."""
    names, given = (_listed(stream, key) for key in ("/Filter", "/DecodeParms"))
    for position, name in enumerate(names):
        parameters = given[position].get_object() if position < len(given) else None
        yield str(name), parameters if isinstance(parameters, DictionaryObject) else DictionaryObject()


def _listed(stream: DictionaryObject, key: str) -> ArrayObject:
    value = _value(stream, key, ArrayObject())
    return value if isinstance(value, ArrayObject) else ArrayObject([value])


def _inflated(data: bytes) -> bytes:
    if not data:  # nothing is there to be lost
        return data
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data, MOST_UNPACKED)
    except zlib.error as error:
        raise Damaged from error
    if not machine.eof:
        raise Damaged
    return plain


def _draw(data: bytes, formats: tuple[str, ...]) -> None:
    """Draw all of a picture, of a JPEG as small as can be."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, where it is loaded, lets the missing rows be grey
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=formats) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise Damaged
                picture.draft(None, (width // 8, height // 8))
                picture.load()
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise Damaged from error


def _bits_per_pixel(picture: DictionaryObject) -> int:
    """Return how many bits a pixel has at the least: what is no known space of colours has one component."""
    if _value(picture, "/ImageMask", False):
        return 1
    space = _value(picture, "/ColorSpace", None)
    if isinstance(space, ArrayObject) and space:
        name, *rest = (part.get_object() for part in space)
        if name == "/ICCBased" and rest and isinstance(rest[0], DictionaryObject):
            components = _number(rest[0], "/N")
        elif name == "/DeviceN" and rest and isinstance(rest[0], ArrayObject):
            components = len(rest[0])
        else:
            components = _COMPONENTS.get(str(name), 1)
    else:
        components = _COMPONENTS.get(str(space), 1)
    return components * _number(picture, "/BitsPerComponent")


def _predicted(picture: DictionaryObject) -> int:
    """Return 1 where each row begins with the number of its predictor, as in PNG."""
    return int(any("/Predictor" in given and _number(given, "/Predictor") >= 10 for _, given in _filters(picture)))


def _number(dictionary: DictionaryObject, key: str) -> int:
    value = _value(dictionary, key, None)
    if not isinstance(value, int) or value < 1:
        raise Damaged
    return int(value)


def _value(dictionary: DictionaryObject, key: str, default: object) -> Any:
    return dictionary[key].get_object() if key in dictionary else default
