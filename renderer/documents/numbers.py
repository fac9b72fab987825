"""保険者番号 and 個人番号: proved by check digits; of a 個人番号 only the last four digits go on (domain 3).

A full 個人番号 is never in an exception, nor in the locals of a frame that raises one: each function here
first decides, then forgets what it was given, then raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from renderer.model.widths import HYPHENS, NARROW

_BETWEEN = r"[\s_.\-\u2010-\u2015\u2212\u30fc\uff0d\uff0e\uff3f\uff70]"
_MY_NUMBER_FORMS = re.compile(
    rf"(?P<shown>[0-9]{{4}})"
    rf"|\*{{4}}{_BETWEEN}?\*{{4}}{_BETWEEN}?(?P<masked>[0-9]{{4}})"
    rf"|(?P<a>[0-9]{{4}}){_BETWEEN}?(?P<b>[0-9]{{4}}){_BETWEEN}?(?P<c>[0-9]{{4}})"
)
# Begins with a digit, and looks behind only there: a lookbehind at every character takes three times as long.
_TWELVE_DIGITS = re.compile(rf"\d(?<!\d\d)\d{{3}}(?:\d{{8}}|{_BETWEEN}{{1,3}}\d{{4}}{_BETWEEN}{{1,3}}\d{{4}})(?!\d)")
# What is typed for 〇: circles. What is typed for 0 and 1: O and o, also of Greek and Cyrillic, and I and l.
_CIRCLES = "○◯"
_ALIKE = "OoＯｏΟοОоIlＩｌ"
_MEANT = str.maketrans(_ALIKE, "000000001111")
_LOOK_ALIKE = re.compile(f"[{_ALIKE}](?<![A-Za-zＡ-Ｚａ-ｚ].)[{_ALIKE}]*+(?P<in_word>(?=[A-Za-zＡ-Ｚａ-ｚ]))?")


def _numerals() -> Iterator[tuple[str, str]]:
    """Yield what stands for one digit and is none to a regular expression: raised, circled, of kanji (also 壱弐参)."""
    yield from zip(_CIRCLES, "00", strict=True)
    for sign in map(chr, (*range(0x10000), *range(0x1F100, 0x1F10D))):
        if sign.isnumeric() and not sign.isdecimal() and (value := unicodedata.numeric(sign)) in range(10):
            yield sign, str(int(value))


_NUMERALS = dict(_numerals())
_AS_DIGITS = str.maketrans(_NUMERALS)
# What is no letter and no numeral: signs, blanks, what has no width; and the marks of long vowels, typed for hyphens
_SIGN = r"(?:\W|[_ーｰ])"
# One letter between digits, as of 1234の5678; not that of a day or a time, of which six numbers have two digits each
_LETTER = r"(?:丁目|[^\W\d_ーｰ年月日時分秒])"
_GAP = rf"{_SIGN}*+(?:{_LETTER}{_SIGN}*+(?=\d))?"
APART = "字字"
"""Put between texts that are looked over together: no run of digits goes over two letters."""
_RUN_OF_DIGITS = re.compile(rf"\d(?<!\d\d)(?:{_GAP}\d){{11,}}+")
# The same of whatever may be a digit: nearly no text has it, and only what has it is read more closely.
_MAYBE = rf"\d{_ALIKE}{''.join(_NUMERALS)}"
_MAYBE_A_DIGIT = re.compile(f"[{_MAYBE}]")
_MAYBE_SIGNS = rf"(?:[^\w{_CIRCLES}]|[_ーｰ])*+"
_MAYBE_A_RUN = re.compile(
    rf"[{_MAYBE}](?<![{_MAYBE}][{_MAYBE}])(?:{_MAYBE_SIGNS}(?:[^\W{_MAYBE}_ーｰ]目?{_MAYBE_SIGNS})?+[{_MAYBE}]){{11}}"
)
_GROUP = re.compile(rf"(\d+)({_GAP})")
_HAS_LETTER = re.compile(_LETTER)
_DIGITS_AND_SIGNS = re.compile(rf"\d(?:{_SIGN}*+\d)*+")
_DATE = (
    r"(?:(?:(?:18|19|20)\d\d|[1-5]?\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:(?:18|19|20)\d\d|\d{1,2})([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01]))"
)
_ENDS_WITH_DATE = re.compile(rf"(?<!\d){_DATE}\Z")
_BEGINS_WITH_DATE = re.compile(rf"{_DATE}(?!\d)")
_LONGEST_DATE = 10
# What may be left at the edge of a field where a number was torn at one of its signs.
_AT_EDGES = f" \u3000/／.．・{HYPHENS}"
_MAY_BE_TORN = re.compile(rf"[{_MAYBE}][{re.escape(_AT_EDGES)}]*{APART}[{re.escape(_AT_EDGES)}]*[{_MAYBE}]")
_HIDDEN = "*" * 8
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
    if not number.strip("0"):
        raise ValueError("no 保険者番号 is of noughts alone; write the insurer's own")
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
    return _HIDDEN + last_four


def looks_like_my_number(text: str) -> bool:
    """Whether twelve digits stand in a text as a 個人番号 may be written, in whatever width.

    That is just twelve in a run or in groups of four, whatever the last of them is, and all that ``has_my_number``
    finds.
    """
    return len(text) >= 12 and (_TWELVE_DIGITS.search(text) is not None or has_my_number(text))


def has_my_number(text: str) -> bool:
    """Whether a text has twelve digits of which the last proves the others, however they are written and divided.

    Digits may be of any script and kind, also O for 0 and I for 1, with any signs and blanks between them. Where more
    digits stand beside them, the twelve are in groups of one length, or what parts them from the others does not stand
    within them, or the others are a date. Between three groups and more of one length there may be a letter, too.

    One in eleven of any twelve digits is proved by its last. Measured: no telephone number or date is taken for one,
    and no two of them with hyphens (40,000 of each kind); none of the addresses of 22,200 offices, of which a single
    one has twelve digits unparted; none of 120,720 towns with made-up house numbers and rooms, ten digits at most. But
    2.5 % of those towns with 地番 of six and seven digits, a branch and a room, all of it digits and hyphens, 3.6 % of
    postal codes that a house number follows at once, and 9.5 % of dates with a time.
    """
    return next(_my_numbers(text), None) is not None


def without_my_numbers(text: str) -> str:
    """Leave of each 個人番号 in a text that ``has_my_number`` finds what ``mask`` leaves: ``********1234``."""
    parts: list[str] = []
    after = 0
    for start, end, four in _apart(sorted(_my_numbers(text))):
        parts += text[after:start], mask(four)
        after = end
    return "".join((*parts, text[after:]))


def had_my_number(text: str) -> bool:
    """Whether a 個人番号 stood in a text of which ``without_my_numbers`` left four digits."""
    return _HIDDEN in text


def _readings(text: str) -> set[str]:
    """Return a text with each numeral as a digit: letters that look like one as they stand, and as digits."""
    plain = text.translate(_AS_DIGITS)
    return {plain, _LOOK_ALIKE.sub(lambda letters: letters[0].translate({} if letters.lastgroup else _MEANT), plain)}


def may_be_torn(apart: str) -> bool:
    """Whether ``spans_my_number`` may be so of two texts side by side, of several that are joined by ``APART``."""
    return _MAY_BE_TORN.search(apart) is not None


def spans_my_number(text: str, following: str, least: int = 1) -> bool:
    """Whether the last digits of a text and the first of the one that stands beside it are together a 個人番号.

    They are twelve in a run, or in groups of one length. ``least`` is how many of them each of the two must have.
    """
    before, after = text.rstrip(_AT_EDGES), following.lstrip(_AT_EDGES)
    if not (_MAYBE_A_DIGIT.match(before[-1:]) and _MAYBE_A_DIGIT.match(after)):
        return False
    at = len(before)
    return any(_are_joined(each[:at], each[at + 1 :], least) for each in _readings(f"{before}\n{after}"))


def _are_joined(text: str, following: str, least: int) -> bool:
    ended = _DIGITS_AND_SIGNS.match(following)
    begun = deque(_DIGITS_AND_SIGNS.finditer(text), 1)
    if ended is None or not begun or begun[0].end() < len(text):
        return False
    near = [*_GROUP.finditer(text, begun[0].start())][-12:]  # of twelve digits no more lie on either side
    then = [*_GROUP.finditer(ended[0])][:12]
    before = sum(len(group[1]) for group in near)
    for seam in ("", " "):
        groups = _GROUP.findall(text[near[0].start() :] + seam + following[: then[-1].end()])
        for first, last in _proved_twelves(groups):
            taken = before - sum(len(digits) for digits, _ in groups[:first])
            if _is_regular(groups[first : last + 1]) and least <= taken <= 12 - least:
                return True
    return False


_Groups = list[tuple[str, str]]
"""Digits, and the signs that follow them."""


def _my_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each 個人番号 begins and ends in a text, and its last four digits; some may come twice."""
    if not _MAYBE_A_RUN.search(text):
        return
    for reading in _readings(text):
        for run in _RUN_OF_DIGITS.finditer(reading):
            yield from _in_run(reading, *run.span(), _stands_apart)
            for start, end in _beside_dates(reading, *run.span()):
                yield from _in_run(reading, start, end, _is_all_regular)


def _in_run(
    text: str, start: int, end: int, is_one: Callable[[_Groups, int, int], bool]
) -> Iterator[tuple[int, int, str]]:
    found = [*_GROUP.finditer(text, start, end)]
    groups = [(group[1], group[2]) for group in found]
    for first, last in _proved_twelves(groups):
        if is_one(groups, first, last):
            digits = "".join(digits for digits, _ in groups[first : last + 1])
            yield found[first].start(), found[last].end(1), _plain(digits)[-4:]


def _is_all_regular(groups: _Groups, first: int, last: int) -> bool:
    return _is_regular(groups[first : last + 1])


def _stands_apart(groups: _Groups, first: int, last: int) -> bool:
    """Whether groups are regular, or parted from those beside them by other signs than stand within them."""
    if _is_all_regular(groups, first, last):
        return True
    within = "".join(gap for _, gap in groups[first:last])
    beside = (groups[first - 1][1] if first else "", groups[last][1] if last + 1 < len(groups) else "")
    around = "".join(gap for gap in beside if not _HAS_LETTER.search(gap))
    return not set(around) & set(within) and not _HAS_LETTER.search(within)


def _apart(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Make one of those that overlap, in the order of their beginnings: each of them must go."""
    begun: tuple[int, int, str] | None = None
    for start, end, four in found:
        if begun and start < begun[1]:
            begun = (begun[0], end, four) if end > begun[1] else begun
            continue
        if begun:
            yield begun
        begun = start, end, four
    if begun:
        yield begun


def _beside_dates(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is beside a date that goes over into the other digits of a run without a sign.

    That is the rest of the date's own group, of four digits to twelve, and the next two groups: twelve digits in
    groups of one length have no more.
    """
    groups = [group.span(1) for group in _GROUP.finditer(text, start, end)]
    for at, (begin, beyond) in enumerate(groups):
        for rest in range(4, min(12, beyond - begin - 1) + 1):
            if _ENDS_WITH_DATE.search(text, max(start, beyond - rest - _LONGEST_DATE), beyond - rest):
                yield beyond - rest, groups[at : at + 3][-1][1]
            if _BEGINS_WITH_DATE.match(text, begin + rest, end):
                yield groups[max(at - 2, 0)][0], begin + rest


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
    """Whether groups are of one length; with letters between them they are three at least, and if short, all alike."""
    lengths = {len(digits) for digits, _ in groups}
    gaps = [gap for _, gap in groups[:-1]]
    if len(lengths) > 1 or not any(map(_HAS_LETTER.search, gaps)):
        return len(lengths) == 1
    return len(groups) > 2 and (max(lengths) > 2 or len(set(gaps)) == 1)


def _is_proved(digits: str) -> bool:
    plain = _plain(digits)
    return my_number_check_digit(plain[:11]) == plain[11]


def _plain(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


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
