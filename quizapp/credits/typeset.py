"""Documents as tagged PDF (PDF/UA-1), set by Typst from data: no text of a person is ever read as markup."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import typst


def pdf_of(template: Path, data: Mapping[str, Any], now: datetime) -> bytes:
    """The template, which reads `data` as JSON, as a PDF that says when it was made.

    PDF/UA-1 refuses a text that no font can show. Letters beyond Typst's own fonts are looked for in those of the
    machine; where it has none either, the PDF is tagged all the same, and shows a box for each.
    """
    for system_fonts in (False, True):
        with suppress(typst.TypstError):
            return _compiled(template, data, now, system_fonts=system_fonts, is_ua=True)
    return _compiled(template, data, now, system_fonts=True, is_ua=False)


def _compiled(template: Path, data: Mapping[str, Any], now: datetime, *, system_fonts: bool, is_ua: bool) -> bytes:
    pdf: bytes = typst.compile(
        template,
        root=template.parent,
        sys_inputs={"data": json.dumps(data)},
        format="pdf",
        pdf_standards=["ua-1"] if is_ua else [],
        ignore_system_fonts=not system_fonts,
        timestamp=int(now.timestamp()),
    )
    return pdf
