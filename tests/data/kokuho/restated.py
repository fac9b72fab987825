"""What the certificate of the invented city says, from the columns of the member file alone, for the proof."""

from datetime import date

from renderer.model.job import Job
from renderer.proof.cells import Row, day, reaches, wareki
from renderer.proof.restated import Told
from renderer.proof.second import SecondStatement


def _tell(row: Row, job: Job) -> Told:
    year = job.issued_on.year
    ends = [date(year if job.issued_on < date(year, 7, 31) else year + 1, 7, 31)]
    if born_on := day(row["生年月日"]):
        ends.append(reaches(born_on, 75))
    return Told(
        facts={"special": "shown" if row["特別療養"] == "1" else "hidden"},
        values={
            "householder": row["世帯主氏名"],
            "expires_on": wareki(min(ends)),
            "ratio": "",
            "ratio_from": "",
        },
    )


RESTATED = {
    "kokuho_certificate": SecondStatement(
        tell=_tell,
        adds=("世帯主氏名", "特別療養"),
        columns={"householder": ("世帯主氏名",), "special": ("特別療養",), "expires_on": ("生年月日",)},
    )
}
