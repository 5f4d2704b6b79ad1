"""Files as people and attackers send them: pictures and PDFs, whole, broken and hostile."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

ORIENTATION, GPS = 0x0112, 0x8825
ON_ITS_SIDE = 6


def picture(
    kind: str = "JPEG",
    size: tuple[int, int] = (300, 200),
    mode: str = "RGB",
    pixels: Image.Image | None = None,
    **options: Any,
) -> bytes:
    """A picture: by default its left half is white and its right half black."""
    made = pixels or Image.new(mode, size)
    if pixels is None:
        made.paste(Image.new(mode, (size[0] // 2, size[1]), "white"))
    file = BytesIO()
    made.save(file, kind, **options)
    return file.getvalue()


def telling_picture() -> bytes:
    """A photograph taken on its side, that tells where it was taken and has a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = ON_ITS_SIDE
    exif[GPS] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return picture(exif=exif.tobytes(), comment=b"a secret comment")


def animation() -> bytes:
    """A WebP of two frames."""
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    file = BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def of(**entries: Any) -> DictionaryObject:
    """A PDF dictionary: of(S="/JavaScript", JS=TextStringObject("x()")); plain texts are names."""
    values = {name: NameObject(value) if type(value) is str else value for name, value in entries.items()}
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def stream(content: bytes, **entries: Any) -> StreamObject:
    """A PDF stream."""
    made = StreamObject()
    made.update(of(**entries))
    made.set_data(content)
    return made


def numbers(*values: float) -> ArrayObject:
    """A PDF array of numbers."""
    return ArrayObject([FloatObject(value) for value in values])


class Draft:
    """A PDF of one page in the making, written with pypdf's own means so that a test can put anything into it."""

    def __init__(self, pages: int = 1) -> None:
        self.writer = PdfWriter()
        for _ in range(pages):
            self.writer.add_blank_page(400, 300)
        self.page = self.writer.pages[0]
        helvetica = of(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica")
        # A font called /A, since names that would be actions elsewhere are only names here.
        self.fonts = of(Font=of(A=helvetica))
        self.page[NameObject("/Resources")] = self.fonts
        self.put("Contents", stream(b"BT /A 18 Tf 20 200 Td (Certificate of attendance) Tj ET"))

    def add(self, value: PdfObject) -> PdfObject:
        """An object, as a reference to it."""
        return self.writer._add_object(value)

    def put(self, name: str, value: PdfObject) -> None:
        """An entry of the page."""
        self.page[NameObject(f"/{name}")] = self.add(value)

    def put_into_catalog(self, name: str, value: PdfObject) -> None:
        """An entry of the document."""
        self.writer.root_object[NameObject(f"/{name}")] = value

    def annotate(self, *annotations: DictionaryObject) -> None:
        """The page's annotations."""
        self.page[NameObject("/Annots")] = ArrayObject([self.add(each) for each in annotations])

    def content(self) -> bytes:
        """The file."""
        file = BytesIO()
        self.writer.write(file)
        return file.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A harmless PDF."""
    return Draft(pages).content()


def script() -> DictionaryObject:
    """An action that runs a script."""
    return of(S="/JavaScript", JS=TextStringObject("app.alert('run')"))


def field(appearance: bytes | None, **entries: Any) -> DictionaryObject:
    """A text field that was filled in, with what it shows, or with nothing that a reader's program need not draw."""
    made = of(Subtype="/Widget", FT="/Tx", V=TextStringObject("Filled in"), Rect=numbers(20, 100, 220, 140), **entries)
    if appearance is not None:
        form = stream(appearance, Type="/XObject", Subtype="/Form", BBox=numbers(0, 0, 200, 40))
        made[NameObject("/AP")] = of(N=form)
    return made


def pdf_that_acts() -> bytes:
    """A PDF with scripts in several places, a program to start, links and an attached file."""
    draft = Draft()
    launch = of(S="/Launch", F=TextStringObject("calculator"))
    link = of(Subtype="/Link", Rect=numbers(0, 0, 9, 9), A=of(S="/URI", URI=TextStringObject("evilsite")))
    draft.annotate(field(b"0 0 200 40 re f", AA=of(K=script())), link)
    draft.put("AA", of(O=launch, C=script()))
    draft.put("Metadata", stream(b"<x:xmpmeta>secret producer</x:xmpmeta>", Type="/Metadata", Subtype="/XML"))
    draft.put("PieceInfo", of(Secret=TextStringObject("secret producer")))
    # Where nothing looks for an action: in a property list that the page's drawing names.
    draft.fonts[NameObject("/Properties")] = of(P0=of(Hidden=draft.add(script())), P1=of(Next=draft.add(launch)))
    draft.fonts[NameObject("/XObject")] = of(
        X=draft.add(stream(b"", Subtype="/Form", BBox=numbers(0, 0, 1, 1), Ref=of(F=TextStringObject("evilshare"))))
    )
    draft.put_into_catalog("OpenAction", script())
    draft.put_into_catalog("AcroForm", of(Fields=ArrayObject(), CO=ArrayObject(), DR=of(Secret=script())))
    draft.writer.add_attachment("evil.exe", b"MZ embedded program")
    draft.writer.add_metadata({"/Author": "secret producer"})
    return draft.content()


def pdf_with_a_hidden_layer() -> bytes:
    """A PDF of which one layer is switched off."""
    draft = Draft()
    layer = draft.add(of(Type="/OCG", Name=TextStringObject("Draft")))
    draft.fonts[NameObject("/Properties")] = of(L0=layer)
    draft.put("Contents", stream(b"/OC /L0 BDC 0 0 400 300 re f EMC"))
    off = of(OFF=ArrayObject([layer]), AS=ArrayObject(), Name=TextStringObject("secret producer"))
    draft.put_into_catalog("OCProperties", of(OCGs=ArrayObject([layer]), D=off))
    return draft.content()


def encrypted_pdf() -> bytes:
    """A PDF that opens without a password, but is protected against changes."""
    draft = Draft()
    draft.writer.encrypt("", "owner")
    return draft.content()


def pdf_bomb(times_packed: int) -> bytes:
    """A PDF of a few kilobytes whose page unpacks to 300 megabytes."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(10**6)) for _ in range(300)) + packing.flush()
    for _ in range(times_packed - 1):
        packed = zlib.compress(packed, 9)
    draft = Draft()
    names = ArrayObject([NameObject("/FlateDecode")] * times_packed)
    draft.put("Contents", stream(packed, Filter=names))
    return draft.content()


def pdf_of_a_huge_picture() -> bytes:
    """A PDF whose picture states a size of ten billion pixels."""
    draft = Draft()
    huge = {"Width": FloatObject(100_000), "Height": FloatObject(100_000)}
    draft.fonts[NameObject("/XObject")] = of(X=draft.add(stream(b"x", Subtype="/Image", Filter="/DCTDecode", **huge)))
    return draft.content()


def pdf_of_loops() -> bytes:
    """A PDF whose objects lead back to each other, and to nothing."""
    draft = Draft()
    first, second = of(), of(Nothing=NullObject())
    first[NameObject("/Second")] = draft.add(second)
    second[NameObject("/First")] = draft.add(first)
    draft.fonts[NameObject("/Properties")] = of(P0=first.indirect_reference)
    return draft.content()


def pdf_of_laughs() -> bytes:
    """A PDF of some kilobytes, each of whose arrays holds the next ten times."""
    draft = Draft()
    array: PdfObject = draft.add(ArrayObject([NameObject("/Ha")]))
    for _ in range(30):
        array = draft.add(ArrayObject([array] * 10))
    draft.fonts[NameObject("/Properties")] = of(P0=array)
    return draft.content()
