"""保険者番号 and 個人番号: proved by check digits; of a 個人番号 only the last four digits go on (domain 3).

A full 個人番号 is never in an exception, nor in the locals of a frame that raises one: each function here
first decides, then forgets what it was given, then raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from renderer.model.widths import HYPHENS, NARROW

_BETWEEN = r"[\s_.\-\u2010-\u2015\u2212\u30fc\uff0d\uff0e\uff3f\uff70]"
_MY_NUMBER_FORMS = re.compile(
    rf"(?P<shown>[0-9]{{4}})"
    rf"|\*{{4}}{_BETWEEN}?\*{{4}}{_BETWEEN}?(?P<masked>[0-9]{{4}})"
    rf"|(?P<a>[0-9]{{4}}){_BETWEEN}?(?P<b>[0-9]{{4}}){_BETWEEN}?(?P<c>[0-9]{{4}})"
)
# Begins with a digit, and looks behind only there: a lookbehind at every character takes three times as long.
_TWELVE_DIGITS = re.compile(rf"\d(?<!\d\d)\d{{3}}(?:\d{{8}}|{_BETWEEN}{{1,3}}\d{{4}}{_BETWEEN}{{1,3}}\d{{4}})(?!\d)")
_NUMERALS = "〇零○◯一二三四五六七八九⓪①②③④⑤⑥⑦⑧⑨"
_AS_DIGITS = str.maketrans(_NUMERALS, "00001234567890123456789")
"""Digits that are none to ``str.isdecimal``: of kanji, with the circles that are typed for 〇, and circled ones."""
_DIGIT = rf"[\d{_NUMERALS}]"
# What is no letter and no numeral: signs, blanks, what has no width; and the marks of long vowels, typed for hyphens
_SIGN = r"(?:[^\w○◯]|[_ーｰ])"
_RUN_OF_DIGITS = re.compile(rf"{_DIGIT}(?<!{_DIGIT}{_DIGIT})(?:{_SIGN}*+{_DIGIT}){{11,}}+")
_GROUP = re.compile(rf"({_DIGIT}+)({_SIGN}*)")
_AT_THE_END = re.compile(rf"{_DIGIT}(?<!{_DIGIT}{_DIGIT})(?:{_SIGN}*+{_DIGIT})*+\Z")
_AT_THE_BEGINNING = re.compile(rf"{_DIGIT}(?:{_SIGN}*+{_DIGIT})*+")
# What may be left at the edge of a field where a number was torn at one of its signs.
_AT_EDGES = f" \u3000/／.．・{HYPHENS}"
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


class NumberRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A text is no 個人番号. ``code`` is that of the finding that says why; the text is not repeated."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def check_insurer_number(number: str) -> str:
    """Give a 保険者番号 back if it has 8 (国保 6) half-width digits and a right 検証番号 (domain 3.2).

    Raises ValueError with a sentence that does not repeat it.
    """
    if len(number) not in (6, 8) or not (number.isascii() and number.isdigit()):
        raise ValueError("a 保険者番号 has 8 digits, that of a 国保 6")
    if insurer_check_digit(number[:-1]) != number[-1]:
        raise ValueError("the last digit of the 保険者番号 does not prove the others")
    return number


def insurer_check_digit(digits: str) -> str:
    """Work out the 検証番号 that belongs after 7 (国保 5) digits (domain 3.2)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return str(-total % 10)


def my_number_check_digit(digits: str) -> str:
    """Work out the 検査用数字 that belongs after the 11 digits of a 個人番号 (domain 3.1)."""
    remainder = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


def last4(raw: str) -> str:
    """Reduce what a file gives as 個人番号 to its last four digits, or "" where none is given.

    Takes a blank, ``1234``, ``********1234`` and twelve digits with a right check digit, also in groups of
    four and in full width. Raises NumberRefused with ``my-number-not-readable`` or
    ``my-number-wrong-check-digit``; neither it nor this frame then holds the number.
    """
    if not raw or raw.isspace():
        return ""
    kept, refused = _reduced(raw)
    del raw
    if refused is not None:
        raise refused
    return kept


def mask(last_four: str) -> str:
    """Write the last four digits the way they are printed, ``********1234`` (domain 2.3)."""
    return "*" * 8 + last_four


def looks_like_my_number(text: str) -> bool:
    """Whether twelve digits stand in a text as a 個人番号 may be written, in whatever width.

    That is just twelve in a run or in groups of four, whatever the last of them is, and all that ``has_my_number``
    finds.
    """
    return len(text) >= 12 and (_TWELVE_DIGITS.search(text) is not None or has_my_number(text))


def has_my_number(text: str) -> bool:
    """Whether a text has twelve digits of which the last proves the others, however they are divided.

    Digits may be full-width, kanji or circled ones, with any signs and blanks between them. Where more digits stand
    beside them, the twelve are in groups of one length, or what parts them from the others does not stand within them.

    One in eleven of any twelve digits is proved by its last. Measured: no telephone number or date is taken for one,
    and no two of them with hyphens (40,000 of each kind); none of the addresses of 22,200 offices, of which a single
    one has twelve digits unparted; none of 120,720 towns with made-up house numbers and rooms, ten digits at most. But
    2.5 % of those towns with 地番 of six and seven digits, a branch and a room, all of it digits and hyphens, 3.6 % of
    postal codes that a house number follows at once, and 9.5 % of dates with a time.
    """
    return any(_holds_my_number(_GROUP.findall(run[0])) for run in _RUN_OF_DIGITS.finditer(text))


def spans_my_number(text: str, following: str, least: int = 1) -> bool:
    """Whether the last digits of a text and the first of the one that stands beside it are together a 個人番号.

    They are twelve in a run, or in groups of one length. ``least`` is how many of them each of the two must have.
    """
    if not following or not text:
        return False
    ended = _AT_THE_BEGINNING.match(following.lstrip(_AT_EDGES))
    begun = ended and _AT_THE_END.search(text.rstrip(_AT_EDGES))
    if ended is None or begun is None:
        return False
    before = sum(len(digits) for digits, _ in _GROUP.findall(begun[0]))
    for seam in ("", " "):
        groups = _GROUP.findall(begun[0] + seam + ended[0])
        for first, last in _proved_twelves(groups):
            taken = before - sum(len(digits) for digits, _ in groups[:first])
            if _is_regular(groups[first : last + 1]) and least <= taken <= 12 - least:
                return True
    return False


_Groups = list[tuple[str, str]]
"""Digits, and the signs that follow them."""


def _holds_my_number(groups: _Groups) -> bool:
    for first, last in _proved_twelves(groups):
        within = "".join(signs for _, signs in groups[first:last])
        around = (groups[first - 1][1] if first else "") + (groups[last][1] if last + 1 < len(groups) else "")
        if _is_regular(groups[first : last + 1]) or not set(around) & set(within):
            return True
    return False


def _proved_twelves(groups: _Groups) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of all groups that are together twelve digits with a right check digit."""
    for first in range(len(groups)):
        digits = ""
        for last in range(first, len(groups)):
            digits += groups[last][0]
            if len(digits) >= 12:
                break
        if len(digits) == 12 and _is_proved(digits):
            yield first, last


def _is_regular(groups: _Groups) -> bool:
    return len({len(digits) for digits, _ in groups}) == 1


def _is_proved(digits: str) -> bool:
    plain = "".join(str(int(digit)) for digit in digits.translate(_AS_DIGITS))
    return my_number_check_digit(plain[:11]) == plain[11]


def is_of_one_digit(raw: str) -> bool:
    """Whether a field is twelve times one digit: what is typed where a number must be given and none is known."""
    if len(raw) < 12:
        return False
    digits = re.sub(r"[\W_ー]", "", raw.translate(NARROW))
    return len(digits) == 12 and len(set(digits)) == 1 and digits.isdigit()


def _reduced(raw: str) -> tuple[str, NumberRefused | None]:
    found = _MY_NUMBER_FORMS.fullmatch(raw.translate(NARROW).strip())
    if found is None:
        return "", NumberRefused("my-number-not-readable")
    four = found["shown"] or found["masked"]
    if four is not None:
        return four, None
    if my_number_check_digit(found["a"] + found["b"] + found["c"][:3]) == found["c"][3]:
        return found["c"], None
    return "", NumberRefused("my-number-wrong-check-digit")
