"""What lint looks at: every variant, facts but one under both jobs, and each two values together on a drawn sheet."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from renderer.desk.covering import FEW, looks, part_of
from renderer.model.variant import Variant

FACTS = st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(1, 4), max_size=4)


def variants_of(facts: dict[str, int]) -> list[Variant]:
    values = [[(fact, str(value)) for value in range(count)] for fact, count in facts.items()]
    return list(itertools.product(*values))


@given(FACTS)
def test_every_variant_is_looked_at_once_and_where_there_are_few_under_both_jobs(facts: dict[str, int]) -> None:
    variants = variants_of(facts)
    found = [look.variant for look in looks(variants) if look.job != "bare"]
    assert found == [variant for variant in variants for _ in range(2 if len(variants) <= FEW else 1)]


@given(FACTS)
def test_any_values_of_all_facts_but_one_are_seen_under_both_jobs(facts: dict[str, int]) -> None:
    seen = {(look.job, look.variant) for look in looks(variants_of(facts))}
    for fact, count in facts.items():
        if count > 1:
            for job in ("usual", "turned"):
                rest = {tuple(part for part in variant if part[0] != fact) for at, variant in seen if at == job}
                others = {key: value for key, value in facts.items() if key != fact}
                assert rest == set(variants_of(others))


@given(FACTS)
def test_each_two_values_are_drawn_together_and_both_jobs_are(facts: dict[str, int]) -> None:
    variants = variants_of(facts)
    drawn = [look for look in looks(variants) if look.is_drawn]
    assert {look.job for look in drawn} == {look.job for look in looks(variants) if look.job != "bare"}
    pairs = {pair for look in drawn for pair in itertools.combinations(look.variant, 2)}
    assert pairs == {pair for variant in variants for pair in itertools.combinations(variant, 2)}
    assert len(drawn) <= len(variants) + 1


def test_a_bare_job_is_looked_at_where_variants_differ_most() -> None:
    variants = variants_of({"a": 2, "b": 3, "c": 2})
    found = looks(variants)
    assert [look.variant for look in found if look.job == "bare"] == [variants[0], variants[-1]]
    assert sum(look.is_drawn for look in found) == 6


@given(FACTS, st.integers(1, 5))
def test_parts_are_the_whole_in_its_order_and_none_takes_longer_by_more_than_a_sheet(
    facts: dict[str, int], parts: int
) -> None:
    whole = looks(variants_of(facts))
    found = [part_of(whole, part, parts) for part in range(parts)]
    assert [look for part in found for look in part] == whole
    times = [sum(1 + look.is_drawn for look in part) for part in found]
    assert max(times) <= sum(times) / parts + 2
