"""Opening what people send: what is kept and as what, what is refused and with which sentence."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from quizapp.credits import sandbox
from quizapp.credits.certificates import OpenedFile, kept_name, opened, shown_name
from quizapp.credits.sandbox import RefusedFileError, SlowFileError, rewritten_by
from tests.credits import files

GREEDY = "tests.credits.greedy_opener"


def picture_in(file: OpenedFile) -> Image.Image:
    return Image.open(BytesIO(file.content))


def pdf_in(file: OpenedFile) -> PdfReader:
    return PdfReader(BytesIO(file.content), strict=True)


def grey(picture: Image.Image, x: int, y: int) -> int:
    value = picture.convert("L").getpixel((x, y))
    assert isinstance(value, int)
    return value


# --- Pictures -------------------------------------------------------------------------------------------------------


def test_a_picture_is_turned_upright_and_tells_nothing_but_what_it_shows() -> None:
    sent = files.telling_picture()
    assert Image.open(BytesIO(sent)).getexif().get_ifd(files.GPS)
    kept = opened("photo.jpg", sent)
    picture = picture_in(kept)
    assert picture.size == (200, 300)
    assert (grey(picture, 100, 20), grey(picture, 100, 280)) == (255, 0)
    assert dict(picture.getexif()) == {}
    assert b"secret comment" in sent
    assert b"secret comment" not in kept.content
    assert b"Exif" not in kept.content


def test_a_large_picture_is_made_smaller() -> None:
    kept = opened("scan.png", files.picture("PNG", (6000, 3000), "L"))
    assert picture_in(kept).size == (4000, 2000)
    assert kept.media_type == "image/png"


@pytest.mark.parametrize(
    ("kind", "mode", "kept_kind", "kept_mode"),
    [
        ("JPEG", "RGB", "JPEG", "RGB"),
        ("JPEG", "L", "JPEG", "L"),
        ("JPEG", "CMYK", "JPEG", "RGB"),
        ("PNG", "1", "PNG", "L"),
        ("PNG", "P", "PNG", "RGB"),
        ("PNG", "LA", "PNG", "RGBA"),
        ("PNG", "RGBA", "PNG", "RGBA"),
        ("WEBP", "RGB", "JPEG", "RGB"),
        ("WEBP", "RGBA", "PNG", "RGBA"),
    ],
)
def test_pictures_of_every_mode_are_kept_as_jpeg_or_png(kind: str, mode: str, kept_kind: str, kept_mode: str) -> None:
    kept = opened("picture", files.picture(kind, mode=mode))
    picture = picture_in(kept)
    assert (picture.format, picture.mode) == (kept_kind, kept_mode)
    assert kept.media_type == f"image/{kept_kind.lower()}"
    assert kept.page_count == 1


def test_a_grey_of_sixteen_bits_stays_grey() -> None:
    file = BytesIO()
    Image.new("I;16", (200, 200), 30_000).save(file, "PNG")
    assert grey(picture_in(opened("scan.png", file.getvalue())), 100, 100) == 30_000 // 256


@pytest.mark.parametrize("behind", [b"<html><script>run()</script></html>", b"PK\x03\x04 an archive"])
def test_what_hangs_behind_a_picture_is_left_behind(behind: bytes) -> None:
    kept = opened("photo.jpg", files.picture() + behind)
    assert behind not in kept.content
    assert kept.content == opened("photo.jpg", files.picture()).content


# --- PDFs -----------------------------------------------------------------------------------------------------------


def test_a_pdf_keeps_its_pages_and_their_text() -> None:
    kept = opened("certificate.pdf", files.pdf(3))
    assert (kept.media_type, kept.page_count) == ("application/pdf", 3)
    reader = pdf_in(kept)
    assert len(reader.pages) == 3
    assert "Certificate of attendance" in reader.pages[0].extract_text()
    assert reader.pages[0].mediabox[2:] == [400, 300]
    assert reader.metadata is None


def test_a_pdf_loses_scripts_programs_links_attachments_and_its_producers_data() -> None:
    sent = files.pdf_that_acts()
    words = "/JavaScript /Launch /URI /OpenAction /AA /EmbeddedFile /AcroForm /Widget /Link alert calculator evilsite"
    words += " evilshare secret"
    kept = opened("certificate.pdf", sent)
    for word in [*(word.encode() for word in words.split()), b"MZ embedded"]:
        assert word in sent, word
        assert word not in kept.content, word
    assert "Certificate of attendance" in pdf_in(kept).pages[0].extract_text()


def test_what_a_filled_in_field_shows_stays_on_the_page() -> None:
    draft = files.Draft()
    draft.annotate(files.field(b"0 0 200 40 re f"))
    (annotation,) = pdf_in(opened("form.pdf", draft.content())).pages[0].annotations or []
    stamp = annotation.get_object()
    assert (stamp["/Subtype"], stamp["/Rect"]) == ("/Stamp", [20, 100, 220, 140])
    assert stamp["/AP"]["/N"].get_data() == b"0 0 200 40 re f"
    assert "/V" not in stamp


def test_a_hidden_annotation_and_a_hidden_layer_stay_hidden() -> None:
    draft = files.Draft()
    draft.annotate(files.field(b"0 0 200 40 re f", F=files.numbers(2)[0]))
    assert pdf_in(opened("form.pdf", draft.content())).pages[0].annotations is None
    kept = opened("layers.pdf", files.pdf_with_a_hidden_layer())
    reader = pdf_in(kept)
    (layer,) = reader.root_object["/OCProperties"]["/D"]["/OFF"]  # type: ignore[index]
    resources = reader.pages[0]["/Resources"]
    assert isinstance(resources, DictionaryObject)
    assert resources["/Properties"].raw_get("/L0") == layer  # type: ignore[attr-defined]
    assert b"secret producer" not in kept.content


def test_the_same_file_is_written_anew_to_the_same_bytes() -> None:
    for sent in (files.pdf(2), files.picture("PNG"), files.telling_picture()):
        assert opened("first", sent).sha256 == opened("second", sent).sha256


def test_objects_that_lead_back_to_each_other_do_no_harm() -> None:
    assert opened("loops.pdf", files.pdf_of_loops()).page_count == 1
    assert len(opened("laughs.pdf", files.pdf_of_laughs()).content) < 10_000


def test_what_hangs_behind_a_pdf_is_left_behind() -> None:
    kept = opened("certificate.pdf", files.pdf() + b"PK\x03\x04 an archive")
    assert b"archive" not in kept.content


# --- Refused --------------------------------------------------------------------------------------------------------


def form_of(kind: str) -> bytes:
    draft = files.Draft()
    if kind == "xfa":
        draft.put_into_catalog("AcroForm", files.of(Fields=ArrayObject(), XFA=files.stream(b"<xdp/>")))
    elif kind == "undrawn":
        draft.annotate(files.field(None))
    else:
        parent = draft.add(files.of(FT="/Tx", V=TextStringObject("Filled in")))
        child = files.field(None, Parent=parent)
        del child[NameObject("/FT")], child[NameObject("/V")]
        draft.annotate(child)
    return draft.content()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.pdf", b"", "This file is empty."),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This is a HEIC"),
        ("photo.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "This is a HEIC"),
        ("scan.tif", files.picture("TIFF"), "This kind of picture"),
        ("photo.jpg", files.picture("GIF", mode="P"), "This kind of picture"),
        ("photo.png", files.picture("BMP"), "This kind of picture"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>run()</script></svg>", "This is a web page"),
        ("page.pdf", b"\xef\xbb\xbf <!DOCTYPE html><script>run()</script>", "This is a web page"),
        ("letter.pdf", b"PK\x03\x04\x14\0\x06\0word/document.xml", "This is an office document"),
        ("letter.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an office document"),
        ("run.pdf", b"#!/bin/sh\n%PDF-1.7\n", "Whatever its name says"),
        ("run.pdf", b"MZ\x90\0\x03", "Whatever its name says"),
        ("both.pdf", b"GIF89a/*" + files.pdf(), "This kind of picture"),
        ("dot.png", files.picture("PNG", (1, 1)), "This picture is too small to be read: 1 by 1 pixels."),
        ("film.webp", files.animation(), "This picture moves."),
        ("half.jpg", files.picture(size=(2000, 2000), quality=100)[:4000], "This file is damaged"),
        ("half.png", files.picture("PNG")[:60], "This file is damaged"),
        ("head.pdf", b"%PDF-1.7\n%%EOF", "This file is damaged"),
        ("half.pdf", files.pdf(9)[:900], "This file is damaged"),
        ("closed.pdf", files.encrypted_pdf(), "This PDF is protected"),
        ("book.pdf", files.pdf(51), "This PDF has 51 pages, more than 50."),
        ("form.pdf", form_of("xfa"), "What is filled in on this PDF"),
        ("form.pdf", form_of("undrawn"), "What is filled in on this PDF"),
        ("form.pdf", form_of("parent"), "What is filled in on this PDF"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(name: str, content: bytes, why: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        opened(name, content)
    assert str(refused.value).startswith(why)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("make_bomb", "why"),
    [
        (lambda: files.picture("PNG", (9000, 9000), "1"), "This picture has more than 64 million pixels."),
        (lambda: files.picture("PNG", (20_000, 20_000), "1"), "This picture has more than 64 million pixels."),
        (lambda: files.pdf_bomb(1), "This PDF unpacks to far more"),
        (lambda: files.pdf_bomb(2), "This PDF unpacks to far more"),
        (files.pdf_of_a_huge_picture, "This PDF unpacks to far more"),
    ],
)
def test_what_unpacks_to_a_multiple_is_refused(make_bomb: Callable[[], bytes], why: str) -> None:
    bomb = make_bomb()
    assert len(bomb) < 500_000
    with pytest.raises(RefusedFileError, match=why):
        opened("bomb", bomb)


# --- The process that opens them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("greed", [b"memory", b"disk", b"end"])
def test_a_greedy_process_ends_and_the_file_is_refused(greed: bytes) -> None:
    with pytest.raises(RefusedFileError, match="This file is damaged, or too involved"):
        rewritten_by(GREEDY, greed)


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.5)
    with pytest.raises(SlowFileError, match="took too long"):
        rewritten_by(GREEDY, b"time")


def test_the_process_is_told_none_of_the_sites_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIZAPP_SECRET_KEY", "the secret of the site")
    told = rewritten_by(GREEDY, b"").content
    assert b"QUIZAPP" not in told
    assert b"the secret of the site" not in told


# --- Names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Denials webinar.pdf", "Denials webinar.pdf"),
        ("cert\u202efdp.exe", "cert fdp.exe"),
        ("a\x00b\nc\r\t\x1b[31m.pdf", "a b c [31m.pdf"),
        ("<script>.pdf", "<script>.pdf"),
        ("...", "certificate"),
        ("", "certificate"),
        ("folder/", "certificate"),
        ("Zertifikat Müller.pdf", "Zertifikat Müller.pdf"),
        ("\ud800.pdf", "pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("scan.PDF", "application/pdf", "scan.pdf"),
        ("photo.webp", "image/jpeg", "photo.jpg"),
        ("photo.jpeg", "image/jpeg", "photo.jpg"),
        ("certificate.pdf.exe", "application/pdf", "certificate.pdf.exe.pdf"),
        ("Dr. No", "image/png", "Dr. No.png"),
        ("x" * 300, "application/pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_kept_name_ends_as_its_kind_does(name: str, media_type: str, kept: str) -> None:
    assert kept_name(name, media_type) == kept
