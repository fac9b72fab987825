"""The documents of our own pack, by name."""

from __future__ import annotations

from collections.abc import Mapping

from renderer.documents.certificate import CERTIFICATE
from renderer.documents.document import Document
from renderer.documents.notice import NOTICE
from renderer.documents.specimen import SPECIMEN

DOCUMENTS: Mapping[str, Document] = {document.name: document for document in (NOTICE, CERTIFICATE, SPECIMEN)}
