"""Keys that members share → the query for who shares them, and the sum of what they say together.

A doubt that rests on other rows is released only as long as those say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from renderer.model.sums import sum_of_all


def shared_by(keys: str, having: str, others: str, *, among: str = "TRUE", unlike: str = "") -> str:
    """Return the query for the members who share keys with others and, together with them, have something.

    It gives the line and 整理番号 of each, the first and last line of those who share its keys, and a sum over what
    ``others`` is of each of them, whatever their order. ``among`` says of which members. ``unlike`` is a column that is
    not alike in all of them: what costs more is asked of those alone.
    """
    several = f"(SELECT {keys} FROM member WHERE {among} GROUP BY {keys} HAVING min({unlike}) < max({unlike}))"  # noqa: S608 - ours
    few = f"JOIN {several} USING ({keys})" if unlike else ""
    return f"""WITH shared AS (
            SELECT {keys}, min(line) AS first, max(line) AS last FROM member {few} WHERE {among}
            GROUP BY {keys} HAVING {having}
        ), said AS (
            SELECT {keys}, first, last, sum_of_all({others}) AS others FROM member JOIN shared USING ({keys})
            WHERE {among} GROUP BY {keys}
        ) SELECT line, record, first, last, others FROM member JOIN said USING ({keys})
        WHERE {among} ORDER BY line"""  # noqa: S608 - ours


def but_for_noughts(keys: Sequence[str], among: str, table: str = "member") -> str:
    """Return the query for the members whose keys differ from those of another row in nothing but noughts in front.

    It gives what ``shared_by`` gives; ``among`` says which rows of the table are compared.
    """
    bare = ", ".join(f"ltrim({key}, '0') AS bare_{key}" for key in keys)
    alike = " AND ".join(f"ltrim({key}, '0') = bare_{key}" for key in keys)
    return f"""SELECT line, record, first, last, '' FROM member JOIN (
            SELECT {bare}, min(line) AS first, max(line) AS last FROM {table} WHERE {among}
            GROUP BY {", ".join(f"bare_{key}" for key in keys)}
            HAVING count(DISTINCT {" || ' ' || ".join(keys)}) > 1
        ) ON {alike} ORDER BY line"""  # noqa: S608 - ours


class SumOfAll:
    """SQL's ``sum_of_all``: a sum over the values of a group, each once, in no order."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def step(self, *value: str) -> None:
        """Take in a value, as sqlite3 asks."""
        self._values.update(value)

    def finalize(self) -> str:
        """Return the sum, as sqlite3 asks."""
        return sum_of_all(sorted(self._values))
