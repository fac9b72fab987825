"""The codes of an own column → what they mean, where it is certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from renderer.model.member import LIMIT_CLASSES, Relation, Sex
from renderer.model.widths import NARROW

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
        "父母",
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
