"""保険者番号 and 個人番号: proved by check digits; of a 個人番号 only the last four digits go on (domain 3).

A full 個人番号 is never in an exception, nor in the locals of a frame that raises one: each function here
first decides, then forgets what it was given, then raises.
"""

from __future__ import annotations

import re

from renderer.model.widths import NARROW

_BETWEEN = r"[\s_.\-\u2010-\u2015\u2212\u30fc\uff0d\uff0e\uff3f\uff70]"
_MY_NUMBER_FORMS = re.compile(
    rf"(?P<shown>[0-9]{{4}})"
    rf"|\*{{4}}{_BETWEEN}?\*{{4}}{_BETWEEN}?(?P<masked>[0-9]{{4}})"
    rf"|(?P<a>[0-9]{{4}}){_BETWEEN}?(?P<b>[0-9]{{4}}){_BETWEEN}?(?P<c>[0-9]{{4}})"
)
# Begins with a digit, and looks behind only there: a lookbehind at every character takes three times as long.
_TWELVE_DIGITS = re.compile(rf"\d(?<!\d\d)\d{{3}}(?:\d{{8}}|{_BETWEEN}{{1,3}}\d{{4}}{_BETWEEN}{{1,3}}\d{{4}})(?!\d)")
_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DIGIT = r"[\d〇零一二三四五六七八九]"
# Between digits any run of signs, blanks and what has no width: whatever is no letter, no numeral and no kanji.
_RUN_OF_DIGITS = re.compile(rf"{_DIGIT}(?:[\W_ー]*{_DIGIT}){{11,}}")
_DIGITS = re.compile(rf"{_DIGIT}+")
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
    """Whether twelve digits stand in a text as a 個人番号 may be written; any width.

    That is: just twelve in a run, or in groups of four; or digits, also kanji ones, that have nothing but signs and
    blanks between them, are twelve from one blank to another, and end with the right check digit. One in eleven of
    other such twelve has that too: of 120,720 towns with house numbers and rooms made up at random, four numbers and a
    room of digits alone among them, 285 were found (0.24 %); of as many telephone numbers and dates none.
    """
    if _TWELVE_DIGITS.search(text) is not None:
        return True
    return any(_hides_my_number(run[0]) for run in _RUN_OF_DIGITS.finditer(text))


def spans_my_number(text: str, following: str) -> bool:
    """Whether a 個人番号 begins at the end of a text and ends in the one that stands beside it."""
    return looks_like_my_number(f"{text} {following}") and not looks_like_my_number(text + "|字|" + following)


def _hides_my_number(run: str) -> bool:
    """Whether words of a run of digits and signs, from one blank to another, are a 個人番号."""
    words = ["".join(_DIGITS.findall(word)).translate(_KANJI) for word in run.split()]
    for first in range(len(words)):
        digits = ""
        for word in words[first:]:
            digits += word
            if len(digits) >= 12:
                break
        if len(digits) == 12:
            plain = "".join(str(int(digit)) for digit in digits)
            if my_number_check_digit(plain[:11]) == plain[11]:
                return True
    return False


def is_of_one_digit(raw: str) -> bool:
    """Whether a field is twelve times one digit: what is typed where a number must be given and none is known."""
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
