"""Decisions → those that other columns contradict, which are then for a person, such as a name that a household shares.

A column that slipped, or two that were exchanged, have the right names and the right shapes; their rows tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from renderer.desk.addresses import are_whole
from renderer.desk.agreement import MOST, NEARLY_ALL, day_of
from renderer.desk.decisions import Decision, Decisions
from renderer.desk.value_tables import relations_by, table_of


def compare_with_one_another(decided: Decisions) -> None:
    """Doubt what other columns contradict: dates of 本人 that 家族 have, names that a household shares."""
    relation = decided.of("本人家族")
    if relation is not None:
        _read_relations(decided, relation)
    homes = decided.households()
    for column, is_right in (("氏名", homes.differ), ("フリガナ", homes.differ), ("被保険者氏名", homes.agree)):
        known = decided.of(column)
        if known and known.is_sure and homes.say_something and not is_right([own.at for own in known.own]):
            known.is_sure, known.why = False, "household"
    if relation is not None and relation.is_sure:
        _compare_dates(decided, relation)
        _compare_insured(decided, relation)
    _compare_births(decided)
    _compare_keys(decided)
    _compare_rare_dates(decided)
    for column in ("住所", "送付先住所"):
        home = decided.of(column)
        if home and home.is_sure and not are_whole(decided.seen.sample, [own.at for own in home.own]):
            home.is_sure, home.why = False, "part"


def _read_relations(decided: Decisions, relation: Decision) -> None:
    codes = relation.own[0].shapes.codes
    known = table_of("本人家族", codes)
    if known is not None:
        relation.table = known
        return
    insured = decided.households().one_in_each(relation.own[0].at)
    if codes and insured and all(len(code) <= 4 and code.isascii() for code in codes):
        relation.table = relations_by(insured, codes)
    else:
        relation.is_sure, relation.why = False, "codes"


def _compare_dates(decided: Decisions, relation: Decision) -> None:
    """資格取得年月日 must be there for 本人, 認定年月日 for 家族 and for nobody else."""
    at = relation.own[0].at
    for column, who in (("資格取得年月日", "本人"), ("認定年月日", "家族")):
        known = decided.of(column)
        if known is None or not known.is_sure or not known.own[0].shapes.filled:
            continue
        asked = [cells for cells in decided.seen.sample if relation.table.get(cells[at], cells[at]) == who]
        filled = sum(bool(cells[known.own[0].at]) for cells in asked)
        if filled < MOST * len(asked):
            for one in (known, relation):
                one.is_sure, one.why = False, "household"


def _compare_insured(decided: Decisions, relation: Decision) -> None:
    """被保険者氏名 is the 氏名 of the 本人, and 登録年月日 is there for 本人 and 家族 alike."""
    at = relation.own[0].at
    name, insured, registered = (decided.of(column) for column in ("氏名", "被保険者氏名", "登録年月日"))

    def is_insured(cells: Sequence[str]) -> bool:
        return relation.table.get(cells[at], cells[at]) == "本人"

    if name and insured and insured.is_sure and insured.own[0].shapes.filled:
        told = [_named(rows, name, insured, is_insured) for rows in decided.households().families]
        asked = [one for one in told if one is not None]
        if sum(asked) < MOST * len(asked):
            insured.is_sure, insured.why = False, "household"
    if registered and registered.is_sure and registered.own[0].shapes.filled:
        place = registered.own[0].at
        shares = [
            [bool(cells[place]) for cells in decided.seen.sample if is_insured(cells) is who] for who in (True, False)
        ]
        filled = [sum(share) / len(share) for share in shares if share]
        if len(filled) == 2 and min(filled) < 1 - MOST and max(filled) > MOST:
            registered.is_sure, registered.why = False, "household"


def _named(
    rows: Sequence[Sequence[str]], name: Decision, insured: Decision, is_insured: Callable[[Sequence[str]], bool]
) -> bool | None:
    """Whether the rows of a household name its 本人; None where it has none, or nobody names one."""
    own = {_text(cells, name) for cells in rows if is_insured(cells)}
    named = {text for cells in rows if (text := _text(cells, insured))}
    return own == named if own and named else None


def _text(cells: Sequence[str], decision: Decision) -> str:
    """Return a name without the blanks in it: joined or not, it is the same."""
    return "".join("".join(cells[own.at] for own in decision.own).split())


def _compare_rare_dates(decided: Decisions) -> None:
    """発効期日 goes with a 負担割合, and 資格喪失予定年月日 is that of few."""
    ratio, begins, ends = (decided.of(column) for column in ("負担割合", "発効期日", "資格喪失予定年月日"))
    if ratio and begins and begins.is_sure and begins.own[0].shapes.filled:
        filled = [cells for cells in decided.seen.sample if cells[begins.own[0].at]]
        if sum(bool(cells[ratio.own[0].at]) for cells in filled) < MOST * len(filled):
            begins.is_sure, begins.why = False, "dates"
    if ends and ends.is_sure and ends.own[0].shapes.filled > ends.own[0].shapes.cells / 2:
        ends.is_sure, ends.why = False, "dates"


def _compare_births(decided: Decisions) -> None:
    """Nobody is insured before being born."""
    born = decided.of("生年月日")
    for column in ("資格取得年月日", "認定年月日"):
        known = decided.of(column)
        if born is None or known is None:
            continue
        places = born.own[0].at, known.own[0].at
        days = [tuple(day_of(cells[at]) for at in places) for cells in decided.seen.sample]
        both = [(birth, other) for birth, other in days if birth and other]
        if sum(birth > other for birth, other in both) > (1 - NEARLY_ALL) * len(both):
            for one in (born, known):
                one.is_sure, one.why = False, "dates"


def _compare_keys(decided: Decisions) -> None:
    """There are more 番号 than 記号."""
    symbol, number = decided.of("記号"), decided.of("番号")
    if symbol is None or number is None or symbol is number:
        return
    if symbol.own[0].shapes.distinct.count > number.own[0].shapes.distinct.count:
        for one in (symbol, number):
            one.is_sure, one.why = False, "several"
