"""フリガナ as a file has it → as it is printed, and where it is none (domain 5.4)."""

from __future__ import annotations

import re
import unicodedata

import jaconv

from renderer.model.widths import HYPHENS

_NO_KANA = re.compile(
    rf"[^ァ-ヺ・ヽヾぁ-ゖゝゞ･-ﾟ゛゜A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ɏḀ-ỿ 　{re.escape(HYPHENS)}'’‘ʼʻ＇=＝゠.．()（）\[\]［］"
    r"\u0300-\u036f\u3099\u309a]|(?<![ｳｶ-ﾄﾊ-ﾎ])ﾞ|(?<![ﾊ-ﾎ])ﾟ"
)
_MARK = re.compile("[\u0300-\u036f\u3099\u309a゛゜]")
"""What stands behind the letter or kana it belongs to."""
_COMBINING = str.maketrans("゛゜", "\u3099\u309a")
_JOINS = re.compile("[ー・=゠＝\\-‐－ｰ]")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")


def read_kana(text: str) -> tuple[str, list[int]]:
    """Widen half-width kana, and join marks to what they stand behind; large and small stay.

    Also say the places, from 1, of what is no kana, and of marks that join nothing.
    """
    places = [found.start() + 1 for found in _NO_KANA.finditer(text)]
    kana = text
    if _MARK.search(text):
        kana, loose = _joined(text)
        places = sorted({*places, *loose})
    kana = kana.strip()
    return str(jaconv.h2z(kana)) if _HALF_WIDTH_KANA.search(kana) else kana, places


def as_read(kana: str) -> str:
    """Write a reading in large katakana, without what joins or lengthens: exports write it so, or leave that out."""
    return str(jaconv.enlarge_smallkana(jaconv.hira2kata(_JOINS.sub("", kana))))


def _joined(text: str) -> tuple[str, list[int]]:
    """Write a kana or letter and the mark behind it as one character; also say at which places marks join nothing."""
    joined = ""
    loose = []
    for at, sign in enumerate(text.translate(_COMBINING), 1):
        apart = joined[-1:] + sign
        together = unicodedata.normalize("NFC", apart)
        if together == apart and _MARK.match(sign):
            loose.append(at)
        joined = joined[:-1] + together
    return joined, loose
