"""JUnit's XML of a check: what the common schema allows, and a failure or an error where something is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from small_goldens import TWO_PAGES, TYPICAL

from renderer.review.goldens import CheckedCase, CheckedGoldens, GoldenFinding
from renderer.review.junit import write_junit

NOTE = GoldenFinding("approvals.toml", "made-with", "other tools", "install them", is_note=True)
CHANGED = GoldenFinding("notice/typical.pdf", "golden-changed", "「\x00\ud800\ufffe葛󠄀<&」 moved", "look at it")
UNREADABLE = GoldenFinding("notice/two-pages.pdf", "golden-unreadable", "cannot be opened", "take it back")
STRAY = GoldenFinding("x.txt", "golden-stray", "no case makes this", "delete it")
CHECKED = CheckedGoldens(
    (CheckedCase(TYPICAL, (CHANGED, NOTE), None), CheckedCase(TWO_PAGES, (UNREADABLE,), None)), (NOTE, STRAY)
)

# What Jenkins' schema of JUnit (junit-10.xsd) lets stand in what, of what we write; and the attributes it demands.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "system-out"},
}
ALLOWED = {
    "testsuite": {"name", "tests", "failures", "errors"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}
DEMANDED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}


def shape(root: etree._Element) -> set[tuple[str, str]]:
    """Each element with its parent."""
    return {(parent.tag, child.tag) for parent in root.iter() for child in parent}


@pytest.fixture(scope="module")
def root() -> etree._Element:
    return etree.fromstring(write_junit(CHECKED).encode())


def test_the_document_is_one_that_the_common_schema_allows(root: etree._Element) -> None:
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert DEMANDED.get(element.tag, set()) <= set(element.keys()) <= ALLOWED.get(element.tag, set())


def test_every_element_stands_where_pytest_writes_it(root: etree._Element, tmp_path: Path) -> None:
    (tmp_path / "test_all.py").write_text(
        "import pytest\n"
        "@pytest.fixture\ndef broken(): 1 / 0\n"
        "def test_error(broken): pass\n"
        "def test_failure(): print('output'); assert False\n",
        "utf-8",
    )
    words = ["-p", "no:cacheprovider", "--junitxml=theirs.xml", "-o", "junit_logging=system-out"]
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=tmp_path, check=False, capture_output=True)
    theirs = etree.parse(tmp_path / "theirs.xml").getroot()
    assert shape(root) <= shape(theirs)


def test_each_case_is_a_testcase_and_what_is_of_none_is_one_more(root: etree._Element) -> None:
    cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert cases == [("notice", "typical"), ("notice", "two-pages"), ("goldens", "folder")]


def test_what_differs_fails_what_cannot_be_read_is_an_error_and_a_note_is_output(root: etree._Element) -> None:
    typical, two_pages, folder = root.iter("testcase")
    assert [child.tag for child in typical] == ["failure", "system-out"]
    assert [child.tag for child in two_pages] == ["error"]
    assert [(child.tag, child.get("type")) for child in folder] == [("failure", "golden-stray"), ("system-out", None)]
    assert typical.findtext("system-out") == str(NOTE)
    suite = root.find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "1")


def test_what_a_sheet_says_is_quoted_as_far_as_xml_may_hold_it(root: etree._Element) -> None:
    (failure, _) = root.iter("failure")
    assert failure.text == "notice/typical.pdf: 「���葛󠄀<&」 moved; look at it [golden-changed]"


def test_the_same_check_is_the_same_document() -> None:
    assert write_junit(CHECKED) == write_junit(CHECKED)
