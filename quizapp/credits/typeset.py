"""Documents as tagged PDF (PDF/UA-1), set by Typst from data: no text of a person is ever read as markup."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst


def pdf_of(template: Path, data: Mapping[str, Any], now: datetime) -> bytes:
    """The template, which reads `data` as JSON, as a PDF that says when it was made."""
    pdf: bytes = typst.compile(
        template,
        root=template.parent,
        sys_inputs={"data": json.dumps(data)},
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(now.timestamp()),
    )
    return pdf
