"""The cells of an own column → the value table or the form of a date by which they are read, where it is certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from renderer.documents.eras import ERAS, Era
from renderer.intake.members import LIMIT_CLASSES
from renderer.intake.shapes import ColumnShapes, Shape
from renderer.model.member import Relation, Sex
from renderer.model.widths import NARROW

_NEARLY_ALL = 0.98

_SEXES = {
    **{code: Sex.MALE.value for code in ("1", "M", "MALE", "男", "男性", "男子", "オトコ", "01")},
    **{code: Sex.FEMALE.value for code in ("2", "F", "FEMALE", "女", "女性", "女子", "オンナ", "02")},
    "裏面参照": "裏面参照",
}
_INSURED = ("本人", "被保険者", "被保険者本人", "本", "世帯主", "ホンニン")
_DEPENDANT = (
    *(
        "家族",
        "被扶養者",
        "扶養",
        "扶養家族",
        "扶",
        "家",
        "カゾク",
        "配偶者",
        "妻",
        "夫",
        "子",
        "父",
        "母",
        "祖父",
        "祖母",
    ),
    *(
        "孫",
        "兄",
        "弟",
        "姉",
        "妹",
        "長男",
        "次男",
        "二男",
        "三男",
        "四男",
        "五男",
        "長女",
        "次女",
        "二女",
        "三女",
        "四女",
    ),
    *("五女", "義父", "義母", "養子", "養女", "妻の父", "妻の母", "夫の父", "夫の母", "叔父", "叔母", "伯父", "伯母"),
    *("甥", "姪", "曾祖父", "曾祖母", "その他"),
)
RELATIONS = {**dict.fromkeys(_INSURED, Relation.INSURED.value), **dict.fromkeys(_DEPENDANT, Relation.DEPENDANT.value)}
"""Words for 本人 and 家族, and words of 続柄."""
_RATIOS = {
    **dict.fromkeys(("2", "2割", "20", "20%", "02", "0.2"), "2割"),
    **dict.fromkeys(("3", "3割", "30", "30%", "03", "0.3"), "3割"),
}
_HALF_LIMITS = {"ｱ": "ア", "ｲ": "イ", "ｳ": "ウ", "ｴ": "エ", "ｵ": "オ", "区分II": "区分Ⅱ", "区分I": "区分Ⅰ"}
_LIMITS = {**{limit: limit for limit in LIMIT_CLASSES if limit}, **_HALF_LIMITS}
_TABLES: Mapping[str, Mapping[str, str]] = {
    "性別": _SEXES,
    "負担割合": _RATIOS,
    "限度額区分": _LIMITS,
    "本人家族": RELATIONS,
}

FOR_DATES = (
    *(Shape.DATE, Shape.ERA_DATE, Shape.SHORT_DATE, Shape.DAY_FIRST, Shape.MONTH_FIRST),
    *(Shape.DAY_OR_MONTH_FIRST, Shape.SERIAL),
)
"""Shapes of which a column of dates has one all over."""


def table_of(column: str, codes: Counter[str] | None) -> dict[str, str] | None:
    """Return what each cell of a column means, by what such codes always mean; None where one of them is not known.

    A table that only says of each value that it is that value is none: it is empty.
    """
    if codes is None:
        return None
    known = _TABLES[column]
    found = {code: known.get(code.translate(NARROW).upper(), "") for code in codes}
    if not all(found.values()):
        return None
    plain = all(code == value or (column == "負担割合" and code in ("2", "3")) for code, value in found.items())
    return {} if plain else dict(sorted(found.items()))


def relations_by(insured: str, codes: Counter[str]) -> dict[str, str]:
    """Return the table of codes of which one is the insured's."""
    return {code: (Relation.INSURED if code == insured else Relation.DEPENDANT).value for code in sorted(codes)}


@dataclass(frozen=True, slots=True)
class DateForm:
    """How the dates of a column are to be read."""

    form: str
    """As in a column map; "" for what the general reader takes."""
    is_sure: bool = True


def form_of_dates(shapes: ColumnShapes, eras: Mapping[int, str] | None) -> DateForm:
    """Return how a column of dates is to be read; ``eras`` are the codes of eras in the file, None where unclear."""

    def all_are(*asked: Shape) -> bool:
        return sum(shapes.shapes[shape] for shape in asked) >= _NEARLY_ALL * shapes.filled

    if has_era_codes(shapes):
        if eras == STANDARD_ERAS and all_are(Shape.DATE):
            return DateForm("")
        return DateForm("e" * min(map(len, shapes.eras)) + "yymmdd", eras is not None)
    if all_are(Shape.DATE):
        return DateForm("")
    for shape, form in ((Shape.DAY_FIRST, "ddmmyyyy"), (Shape.MONTH_FIRST, "mmddyyyy")):
        if shapes.shapes[shape] and all_are(shape, Shape.DAY_OR_MONTH_FIRST):
            return DateForm(form)
    if all_are(Shape.DAY_OR_MONTH_FIRST):
        return DateForm("mmddyyyy", is_sure=False)
    if all_are(Shape.SHORT_DATE):
        return DateForm("19yymmdd", is_sure=False)
    return (
        DateForm("serial") if all_are(Shape.SERIAL) and set(shapes.lengths) <= {4, 5} else DateForm("", is_sure=False)
    )


def has_era_codes(shapes: ColumnShapes) -> bool:
    """Whether the cells of a column are digits with the code of an era in front, and no years of four digits."""
    are_years = 8 in shapes.digits and shapes.share(Shape.DATE) >= _NEARLY_ALL
    return shapes.share(Shape.ERA_DATE) >= _NEARLY_ALL and not are_years


STANDARD_ERAS = {int(era.code): era.name for era in ERAS}
"""Codes of eras as the general reader knows them."""
_CODINGS = (STANDARD_ERAS, {2 * place + 1: era.name for place, era in enumerate(ERAS)})
"""What systems write for the eras in front of yymmdd: 1 to 5, or 1 3 5 7 9."""
_BY_NAME = {era.name: era for era in ERAS}


def eras_of(columns: Iterable[ColumnShapes]) -> Mapping[int, str] | None:
    """Return the coding of eras by which all dates of a file are in their eras; None where none is, or several are."""
    ranges: dict[str, tuple[int, int]] = {}
    for shapes in columns:
        for code, (first, last) in shapes.eras.items():
            before = ranges.get(code, (first, last))
            ranges[code] = min(before[0], first), max(before[1], last)
    fitting = [coding for coding in _CODINGS if all(_fits(coding, code, *found) for code, found in ranges.items())]
    return fitting[0] if len(fitting) == 1 and ranges else None


def _fits(coding: Mapping[int, str], code: str, first: int, last: int) -> bool:
    if not code.isdecimal() or int(code) not in coding:
        return False
    era = _BY_NAME[coding[int(code)]]
    begins, ends = _number_of(era.first_day, era), _number_of(_last_day(era), era)
    return begins <= first and last <= ends


def _last_day(era: Era) -> date:
    """Return the last day that is written in an era: the end of the year in which it ended; the present one goes on."""
    following = next((other for other in ERAS if other.first_day > era.first_day), None)
    return date(following.first_year, 12, 31) if following else era.first_day + timedelta(days=36500)


def _number_of(day: date, era: Era) -> int:
    return (day.year - era.first_year + 1) * 10000 + day.month * 100 + day.day
