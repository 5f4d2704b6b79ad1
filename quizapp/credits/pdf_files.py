"""PDFs, opened by pypdf and written anew: what pages show, and nothing that runs, calls out or hides inside."""

import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter, filters
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from quizapp.credits.sandbox import RefusedFileError, Rewritten, answer_with

MOST_PAGES = 50
MOST_UNPACKED_BYTES = 200_000_000
PRINT_IT = "Print it to a new PDF and choose that, or take a picture of it."
PART_OF_A_PAGE = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents")
ACTIONS = frozenset(
    {
        "/GoTo",
        "/GoToR",
        "/GoToE",
        "/GoToDp",
        "/Launch",
        "/Thread",
        "/URI",
        "/Sound",
        "/Movie",
        "/Hide",
        "/Named",
        "/SubmitForm",
        "/ResetForm",
        "/ImportData",
        "/JavaScript",
        "/SetOCGState",
        "/Rendition",
        "/Trans",
        "/GoTo3DView",
        "/RichMediaExecute",
    }
)
NO_PART_OF_A_DRAWING = frozenset(
    {
        "/Action",
        "/Annot",
        "/Catalog",
        "/EmbeddedFile",
        "/Filespec",
        "/Metadata",
        "/Outlines",
        "/Page",
        "/Pages",
        "/StructElem",
        "/StructTreeRoot",
    }
)
# By these names a stream leads to data outside of the file, or to its producer's own.
LEADS_AWAY = frozenset(
    {"/AF", "/Alternates", "/F", "/FDecodeParms", "/FFilter", "/Metadata", "/OPI", "/PieceInfo", "/PS", "/Ref"}
)
HIDDEN = 1 << 1 | 1 << 5  # Two flags of annotations: Hidden and NoView.
PRINTED_AND_LOCKED = 1 << 2 | 1 << 6 | 1 << 7
FLATE = ("/FlateDecode", "/Fl")
UNPACKERS = {
    "/ASCII85Decode": filters.ASCII85Decode.decode,
    "/A85": filters.ASCII85Decode.decode,
    "/ASCIIHexDecode": filters.ASCIIHexDecode.decode,
    "/AHx": filters.ASCIIHexDecode.decode,
    "/LZWDecode": filters.LZWDecode.decode,
    "/LZW": filters.LZWDecode.decode,
    "/RunLengthDecode": filters.RunLengthDecode.decode,
    "/RL": filters.RunLengthDecode.decode,
}


def rewritten(content: bytes) -> Rewritten:
    """A PDF of the same pages, at most 50, into which only what draws them is copied.

    Left behind are scripts, actions, links, embedded files, metadata and forms. What a field or a stamp shows stays,
    as a picture on its page. Refused are encrypted files, forms whose entries only a reader's program would draw, and
    what unpacks to more than 200 MB in all.
    """
    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise RefusedFileError(f"This PDF is protected by a password or against changes. {PRINT_IT}")
    if len(reader.pages) == 0:
        raise RefusedFileError("This PDF has no page.")
    if len(reader.pages) > MOST_PAGES:
        raise RefusedFileError(
            f"This PDF has {len(reader.pages)} pages, more than {MOST_PAGES}. Keep the certificate's."
        )
    if _has_entries_that_are_not_drawn(reader):
        raise RefusedFileError(f"What is filled in on this PDF would not be seen later. {PRINT_IT}")
    writer = PdfWriter()
    writer.metadata = None
    writer.pdf_header = "%PDF-1.7"
    copying = _Copying(writer)
    for page in reader.pages:
        writer.add_page(copying.page(page))
    copying.layers(reader.root_object)
    file = BytesIO()
    writer.write(file)
    return Rewritten("application/pdf", len(reader.pages), file.getvalue())


def _has_entries_that_are_not_drawn(reader: PdfReader) -> bool:
    form = _at(reader.root_object, "/AcroForm")
    if isinstance(form, DictionaryObject) and "/XFA" in form:
        return True
    fields = (each for page in reader.pages for each in _annotations(page) if _at(each, "/Subtype") == "/Widget")
    return any(_is_filled_in(each) and not _at(each, "/AP") for each in fields)


def _is_filled_in(field: DictionaryObject) -> bool:
    # What one field shows in several places, its parent holds.
    parent = _at(field, "/Parent") or DictionaryObject()
    kind = _at(field, "/FT") or _at(parent, "/FT")
    return kind == "/Tx" and bool(_at(field, "/V") or _at(parent, "/V"))


def _annotations(page: PageObject) -> Iterable[DictionaryObject]:
    listed = _at(page, "/Annots")
    found = [each.get_object() for each in listed] if isinstance(listed, ArrayObject) else []
    return [each for each in found if isinstance(each, DictionaryObject)]


def _at(source: DictionaryObject, name: str) -> Any:
    value = source.get(name)
    return value.get_object() if value is not None else None


class _Copying:
    """Copies what pages are drawn with into a writer, each object once."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer
        self.copied: dict[tuple[int, int], IndirectObject] = {}
        self.unpacked_bytes = 0

    def page(self, source: PageObject) -> PageObject:
        """A page by itself, with what its annotations show."""
        page = PageObject(self.writer)
        # An object of the writer's own is not copied a second time when the page is added.
        self.writer._add_object(page)  # noqa: SLF001 - there is no public way to add an object
        for name in PART_OF_A_PAGE:
            if name in source:
                page[NameObject(name)] = self._copy(source.raw_get(name))
        stamps = [stamp for each in _annotations(source) if (stamp := self._stamp(each)) is not None]
        if stamps:
            page[NameObject("/Annots")] = ArrayObject(stamps)
        return page

    def layers(self, catalog: DictionaryObject) -> None:
        """Which layers of the pages are shown and which are not: without it, hidden ones would appear."""
        layers = _at(catalog, "/OCProperties")
        default = _at(layers, "/D") if isinstance(layers, DictionaryObject) else None
        if isinstance(default, DictionaryObject):
            shown = self._some_of(default, ("/BaseState", "/ON", "/OFF"))
            properties = self._some_of(layers, ("/OCGs",))
            properties[NameObject("/D")] = shown
            self.writer.root_object[NameObject("/OCProperties")] = properties

    def _stamp(self, annotation: DictionaryObject) -> DictionaryObject | None:
        """What an annotation shows, as one that can do nothing; None where it shows nothing."""
        appearances = _at(annotation, "/AP")
        shows = isinstance(appearances, DictionaryObject) and "/N" in appearances and "/Rect" in annotation
        flags = _at(annotation, "/F") or 0
        if not shows or flags & HIDDEN or _at(annotation, "/Subtype") == "/Popup":
            return None
        stamp = self._some_of(annotation, ("/Rect", "/AS", "/OC"))
        stamp[NameObject("/Type")] = NameObject("/Annot")
        stamp[NameObject("/Subtype")] = NameObject("/Stamp")
        stamp[NameObject("/F")] = NumberObject(PRINTED_AND_LOCKED)
        stamp[NameObject("/AP")] = self._some_of(appearances, ("/N",))
        return stamp

    def _some_of(self, source: DictionaryObject, names: Iterable[str]) -> DictionaryObject:
        return DictionaryObject(
            {NameObject(name): self._copy(source.raw_get(name)) for name in names if name in source}
        )

    def _copy(self, source: Any) -> PdfObject:
        if isinstance(source, IndirectObject):
            key = (source.idnum, source.generation)
            return self.copied.get(key) or self._copy_of(source.get_object(), key)
        return self._copy_of(source, None)

    def _copy_of(self, source: Any, key: tuple[int, int] | None) -> PdfObject:
        if not isinstance(source, DictionaryObject | ArrayObject):
            return source if isinstance(source, PdfObject) else NullObject()
        if isinstance(source, DictionaryObject) and _is_no_part_of_a_drawing(source):
            return NullObject()
        kind = next(kind for kind in (StreamObject, DictionaryObject, ArrayObject) if isinstance(source, kind))
        copy: Any = kind()
        found: PdfObject = copy
        if key or kind is StreamObject:
            found = self.writer._add_object(copy)  # noqa: SLF001 - as above
        if key:
            # The copy is known before it is filled, since what it holds may lead back to it.
            self.copied[key] = found  # type: ignore[assignment]
        self._fill(copy, source)
        return found

    def _fill(self, copy: Any, source: Any) -> None:
        if isinstance(source, ArrayObject):
            copy.extend(self._copy(each) for each in source)
            return
        is_stream = isinstance(source, StreamObject)
        for name, value in source.items():
            if not (is_stream and name in LEADS_AWAY):
                copy[NameObject(name)] = self._copy(value)
        if is_stream:
            packed = source._data  # noqa: SLF001 - there is no public way to what is still packed
            self._weigh(packed, source)
            copy.set_data(packed)

    def _weigh(self, packed: bytes, stream: DictionaryObject) -> None:
        """Unpack a stream once, to see that it is no bomb; pictures are weighed by the size that they state."""
        left = MOST_UNPACKED_BYTES - self.unpacked_bytes
        names = _at(stream, "/Filter") or ()
        for name in names if isinstance(names, ArrayObject) else (names,) if names else ():
            if name in FLATE:
                packed = zlib.decompressobj().decompress(packed, left + 1)
            elif name in UNPACKERS:
                packed = UNPACKERS[name](packed)
            else:
                break  # A picture's own packing comes last.
        self.unpacked_bytes += max(len(packed), int(_at(stream, "/Width") or 0) * int(_at(stream, "/Height") or 0) // 8)
        if self.unpacked_bytes > MOST_UNPACKED_BYTES:
            raise RefusedFileError(f"This PDF unpacks to far more than a certificate holds. {PRINT_IT}")


def _is_no_part_of_a_drawing(source: DictionaryObject) -> bool:
    return _at(source, "/S") in ACTIONS or _at(source, "/Type") in NO_PART_OF_A_DRAWING or "/EF" in source


if __name__ == "__main__":
    answer_with(rewritten)
