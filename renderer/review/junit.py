"""Goldens that were checked → JUnit's XML: a testcase for each case and one for what is of none; notes are output."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from renderer.review.goldens import CheckedGoldens, GoldenFinding

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, section 2.2: what no document may hold; a sheet's text may."""
FOLDER = "folder"
"""The testcase of what is of no case."""


def write_junit(checked: CheckedGoldens) -> str:
    """Return the document. What differs is a failure, what cannot be read an error."""
    cases = [_testcase(one.case.layout, one.case.name, one.findings) for one in checked.cases]
    cases.append(_testcase("goldens", FOLDER, checked.others))
    failures, errors = (sum(len(case.findall(kind)) for case in cases) for kind in ("failure", "error"))
    suites = ElementTree.Element("testsuites")
    counts = {"failures": str(failures), "errors": str(errors)}
    suite = ElementTree.SubElement(suites, "testsuite", counts, name="goldens", tests=str(len(cases)))
    suite.extend(cases)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _testcase(layout: str, name: str, findings: Iterable[GoldenFinding]) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=layout, name=name)
    notes = []
    for finding in findings:
        sentence = _NOT_XML.sub("\ufffd", str(finding))
        if finding.is_note:
            notes.append(sentence)
            continue
        kind = "error" if finding.code == "golden-unreadable" else "failure"
        ElementTree.SubElement(case, kind, type=finding.code, message=sentence.split("\n")[0]).text = sentence
    if notes:
        ElementTree.SubElement(case, "system-out").text = "\n".join(notes)
    return case
