"""The file of an insert, as another program wrote it → the forms that the press shows, once it has passed preflight."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable
from pathlib import Path

import pypdf
from pypdf.errors import DependencyError
from pypdf.generic import NameObject

from renderer.model.errors import BadJob
from renderer.model.sums import sum_of_bytes
from renderer.press.inserts import Insert, InsertPage
from renderer.press.marks import number as written
from renderer.press.pdfgraph import Graph
from renderer.press.pdfobjects import join
from renderer.press.preflight import MOST_BYTES, Preflight, shown_box

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it cannot read, we say in our words

_BASE_FONT = re.compile(rb"/BaseFont /([^\s/<>\[\]()]+)")


def load_inserts(paths: Iterable[Path], sides: int) -> list[Insert]:
    """Read what follows sheets that are printed on ``sides`` sides of a leaf of paper.

    :raises BadJob: as ``load_insert``, and for one that ends inside a leaf: the next person's sheet would be printed
        on its back.
    """
    inserts = [load_insert(path) for path in paths]
    for insert in inserts:
        if len(insert.pages) % sides:
            raise BadJob(
                f"insert {insert.name} has {len(insert.pages)} pages, and the sheets of this job are printed on both "
                "sides, so that the next sheet would begin on its back; add a blank page at its end"
            )
    return inserts


def load_insert(path: Path) -> Insert:
    """Read an insert.

    :raises BadJob: when it is no PDF, is too large, is protected, has no page, is not A4, or would be printed other
        than a reader shows it (``preflight``).
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadJob(f"insert {path.name} has more than {MOST_BYTES // 10**6} MB; write it with smaller pictures")
    data = path.read_bytes()
    graph = Graph()
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise BadJob(f"insert {path.name} is protected; take the protection off")
        preflight = Preflight(path.name, reader)
        pages = tuple(_page(page, number, graph, preflight) for number, page in enumerate(reader.pages, 1))
    except BadJob:
        raise
    except DependencyError:  # pypdf has not what opens AES
        raise BadJob(f"insert {path.name} is protected; take the protection off") from None
    except Exception as error:  # pypdf meets a broken file with whatever it stumbles over
        said = type(error).__name__
        raise BadJob(f"insert {path.name} cannot be read as a PDF ({said}); write it again") from error
    if not pages:
        raise BadJob(f"insert {path.name} has no page; leave it out of the job")
    return Insert(path.name, sum_of_bytes(data), pages, tuple(graph.objects), _font_names(pages, graph))


def _font_names(pages: tuple[InsertPage, ...], graph: Graph) -> frozenset[str]:
    copied = [join(parts, range(len(graph.objects))) for parts in (*graph.objects, *(p.resources for p in pages))]
    # Named as a reader of the print file names them: without the escapes, and a Type 3 font need have no name.
    escaped = (name for body in copied for name in _BASE_FONT.findall(body))
    names = {str(NameObject.read_from_stream(io.BytesIO(b"/" + name), None))[1:] for name in escaped}
    return frozenset(names | ({"unnamed"} if any(b"/Type3" in body for body in copied) else set()))


def _page(page: pypdf.PageObject, number: int, graph: Graph, preflight: Preflight) -> InsertPage:
    contents = page.get_contents()
    content = contents.get_data() if contents is not None else b""
    preflight.check_page(number, page, content)
    box = " ".join(map(written, shown_box(page))).encode()
    resources = graph.parts(page["/Resources"]) if "/Resources" in page else (b"<<>>",)
    return InsertPage(box, content, resources)
