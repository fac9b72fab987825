"""Who may share an envelope, and who must wait: households and workplaces that the rows of a file make doubtful.

A household is one 記号 + 番号; its head is the 本人. What is asked for depends on the job's rules for mailing.
"""

from __future__ import annotations

from collections.abc import Iterator

from renderer.intake.sharing import but_for_noughts, shared_by
from renderer.intake.store import Store
from renderer.model.findings import Finding
from renderer.model.job import Apart, Envelope, Incomplete, MailingRules, Route
from renderer.model.member import Member, Relation
from renderer.model.widths import HYPHENS

MOST_SHEETS = 99
"""Sheets of one household: more are no household but an error in the source, and have no room in an envelope."""

_DOUBTFUL = f"""SELECT line, record, has_two_insured, is_too_large FROM member JOIN (
        SELECT symbol, number, sum(relation = '本人') > 1 AS has_two_insured, count(*) > {MOST_SHEETS} AS is_too_large
        FROM member GROUP BY symbol, number
        HAVING has_two_insured OR is_too_large OR count(DISTINCT without_variants(insured)) > 1
    ) USING (symbol, number) ORDER BY line"""  # noqa: S608 - ours
_INCOMPLETE = """SELECT line, record FROM member WHERE (symbol, number) IN (
        SELECT symbol, number FROM absent WHERE number <> '') ORDER BY line"""
_WITHOUT_INSURED = """WITH without AS (
        SELECT symbol, number, min(home) FILTER (WHERE forward = '') AS one FROM member
        GROUP BY symbol, number HAVING sum(relation = '本人') = 0
    ) SELECT line, record, max(NOT is_one_home(home, one)) OVER (PARTITION BY symbol, number),
        (symbol, number) IN (SELECT symbol, number FROM absent WHERE number <> '' AND born_on IS NOT NULL)
    FROM member JOIN without USING (symbol, number) WHERE forward = '' ORDER BY line"""
_APART = (
    "CREATE TABLE apart (line INTEGER PRIMARY KEY, record TEXT, forward TEXT)",
    """INSERT INTO apart SELECT member.line, member.record, member.forward FROM member LEFT JOIN member AS head
        ON head.symbol = member.symbol AND head.number = member.number AND head.relation = '本人'
    WHERE member.relation <> '本人' AND CASE member.forward
        WHEN '' THEN CASE WHEN head.home <> member.home THEN NOT is_one_home(head.home, member.home) END
        ELSE member.forward <> coalesce(head.forward, '') END""",
)
_WORKPLACE_NAMES = shared_by(
    "workplace_code", "count(DISTINCT workplace) > 1", "workplace", among="workplace_code <> '' AND workplace <> ''"
)
# One of noughts alone is that of no workplace.
_WORKPLACE_ZEROS = but_for_noughts(("workplace_code",), "ltrim(workplace_code, '0') <> ''")
_INSURED_NAMES = shared_by(
    "symbol, number",
    "count(DISTINCT without_variants(insured)) > 1 AND sum(relation = '本人') < 2",
    "relation || insured",
    unlike="insured",
)
_INSURED_SPELLINGS = shared_by(
    "symbol, number",
    "count(DISTINCT without_variants(insured)) = 1 AND sum(relation = '本人') < 2",
    "relation || insured",
    unlike="insured",
)
"""Who names one 被保険者 in several ways, as 髙 and 高 are: no other household, and a person should look at it."""
_WORKPLACE_OF_ANOTHER = """SELECT member.line, member.record, head.line, head.workplace_code
    FROM member JOIN member AS head USING (symbol, number)
    WHERE head.relation = '本人' AND member.relation <> '本人' AND head.workplace_code <> ''
        AND member.workplace_code NOT IN ('', head.workplace_code) ORDER BY member.line"""
_TWO_INSURED = """SELECT line, record, first, last, '' FROM member JOIN (
        SELECT symbol, number, min(line) AS first, max(line) AS last FROM member WHERE relation = '本人'
        GROUP BY symbol, number HAVING count(DISTINCT name || ' ' || born_on) > 1
    ) USING (symbol, number) WHERE relation = '本人' ORDER BY line"""


def workplace_of(member: Member, rules: MailingRules) -> str:
    """Return the 事業所名 that hands a member's piece out, or "" where it goes home.

    任意継続 have no workplace, whatever the file still says: nobody there could hand the piece out. Nor does a piece go
    there that has a 送付先.
    """
    goes_there = rules.route is Route.WORKPLACE and member.loses_on is None and member.forwarding is None
    return member.workplace if goes_there else ""


def look_at_workplace(member: Member, rules: MailingRules) -> Iterator[Finding]:
    """Say what is odd about the workplace of a member whose piece would be handed out there."""
    if rules.route is Route.HOME or member.forwarding is not None:
        return
    if member.loses_on is not None:
        if member.workplace.strip():
            yield Finding.of("workplace-left-over", member.line, member.record)
    elif _goes_first(member, rules) and not _names_something(member.workplace):
        yield Finding.of("workplace-name-missing", member.line, member.record)


def _goes_first(member: Member, rules: MailingRules) -> bool:
    """Whether it may be their row that says where a piece goes, or it says that there is a workplace."""
    of_piece = rules.envelope is Envelope.MEMBER or member.relation is Relation.INSURED
    return of_piece or bool(member.workplace_code)


def _names_something(text: str) -> bool:
    """Whether there is a letter or a digit in a name: a hyphen or a point stands for none."""
    return any(sign.isalnum() and sign not in HYPHENS for sign in text)


def doubt_shared(store: Store, rules: MailingRules) -> None:
    """Doubt rows that share what they cannot share, and note what may be right.

    A 事業所番号 with more than one 事業所名: two stacks would be mixed. A 家族 whose own letter would be handed out
    elsewhere than where their 本人 works. A 記号 + 番号 whose 家族 name another than its 本人, where
    ``settle_households`` does not hold them anyway: names may have slipped by a row, or one is spelled in two ways.
    Noted are two 本人 of one 記号 + 番号, for some insurers have such, and a 事業所番号 with and without noughts in
    front: its workplace has two stacks.
    """
    store.flush()
    if rules.route is Route.WORKPLACE:
        store.doubt(_of_several(store, "workplace-names-differ", _WORKPLACE_NAMES))
        store.note(
            finding for _, finding, _ in _of_several(store, "workplace-with-and-without-zeros", _WORKPLACE_ZEROS)
        )
    if rules.route is Route.WORKPLACE and rules.envelope is Envelope.MEMBER:
        store.doubt(_at_another_workplace(store))
    if rules.envelope is Envelope.MEMBER:
        store.note(finding for _, finding, _ in _of_several(store, "two-insured", _TWO_INSURED))
        store.doubt(_of_several(store, "insured-names-differ", _INSURED_NAMES))
    store.doubt(_of_several(store, "insured-names-differ", _INSURED_SPELLINGS, "spelled"))


def _at_another_workplace(store: Store) -> Iterator[tuple[int, Finding, str]]:
    for line, record, insured_line, workplace in store.database.execute(_WORKPLACE_OF_ANOTHER):
        yield line, Finding.of("workplace-of-another", line, record, insured_line=insured_line), workplace


def _of_several(store: Store, code: str, query: str, form: str = "") -> Iterator[tuple[int, Finding, str]]:
    for line, record, first, last, others in store.database.execute(query):
        yield line, Finding.of(code, line, record, form, first_line=first, last_line=last), others


def settle_households(store: Store, rules: MailingRules) -> None:
    """Hold the households that may not share an envelope or are not whole, and note what is odd about the others.

    Two 本人 under one 記号 + 番号 cannot be one household, nor can rows that name different 被保険者 (the 氏名 of 本人,
    the 被保険者氏名 of 家族; forms of a character are one), nor more than ``MOST_SHEETS``. Where a member is held the
    others wait, unless the job sends them. Where the 本人 has no row, the piece goes to the one address that all share;
    where there is none, nobody knows where to. Afterwards the table ``apart`` has the lines of those who do not go with
    their head: who has a 送付先 that is not the head's goes there whatever the job says.
    """
    store.hold(_doubtful(*row) for row in store.database.execute(_DOUBTFUL))
    store.take_out_held()
    _let_wait(store, rules)
    for line, record, has_several_homes, is_held in store.database.execute(_WITHOUT_INSURED):
        if has_several_homes:
            store.hold([Finding.of("household-without-insured", line, record)])
        else:
            store.note([Finding.of("insured-has-no-row", line, record, "held" if is_held else "")])
    store.take_out_held()
    if rules.incomplete_households is Incomplete.HOLD:
        _let_wait(store, rules)  # who goes to a 送付先 of their own waits for these, too
    store.run(*_APART)
    form = "own" if rules.apart is Apart.OWN_ENVELOPE else ""
    apart = store.database.execute("SELECT line, record FROM apart WHERE forward = '' ORDER BY line")
    store.note(Finding.of("lives-apart", line, record, form) for line, record in apart)
    if rules.apart is Apart.WITH_INSURED:
        store.run("DELETE FROM apart WHERE forward = ''")


def _let_wait(store: Store, rules: MailingRules) -> None:
    """Hold the others of a household of which somebody is held, or note that they go without."""
    incomplete = store.database.execute(_INCOMPLETE)
    if rules.incomplete_households is Incomplete.HOLD:
        store.hold(Finding.of("household-incomplete", *row) for row in incomplete)
        store.take_out_held()
    else:
        store.note(Finding.of("household-sent-incomplete", *row) for row in incomplete)


def _doubtful(line: int, record: str, has_two_insured: int, is_too_large: int) -> Finding:
    if has_two_insured:
        return Finding.of("household-with-two-insured", line, record)
    if is_too_large:
        return Finding.of("household-too-large", line, record, most=MOST_SHEETS)
    return Finding.of("household-names-differ", line, record)
