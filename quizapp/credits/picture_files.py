"""Pictures, opened by Pillow and written anew: upright, of bounded size, without metadata."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

from quizapp.credits.sandbox import RefusedFileError, Rewritten, answer_with

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 4000
SHORTEST_SIDE = 100
JPEG_QUALITY = 88
FORMATS = ("JPEG", "PNG", "WEBP")


def rewritten(content: bytes) -> Rewritten:
    """A picture as upright JPEG, or as PNG where it was one or is see-through; at most 4,000 pixels a side.

    Nothing but its pixels is taken over, so neither where and when it was taken nor what else the file carried.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(BytesIO(content), formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise RefusedFileError("This picture has more than 64 million pixels. Take it with fewer.") from error
    kind = picture.format
    if min(picture.size) < SHORTEST_SIDE:
        raise RefusedFileError(f"This picture is too small to be read: {picture.width} by {picture.height} pixels.")
    if kind != "MPO" and getattr(picture, "n_frames", 1) > 1:  # A phone's MPO is a JPEG with a preview behind it.
        raise RefusedFileError("This picture moves. Choose one that stands still.")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    pixels = _bare(ImageOps.exif_transpose(picture))
    return _saved(pixels, "PNG" if kind == "PNG" or pixels.mode == "RGBA" else "JPEG")


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels alone, in one of the modes that every reader shows alike."""
    if picture.mode.startswith("I;16"):
        # Pillow cuts 16 bits off at 255 when it converts them, which turns grey into white.
        picture = picture.point(lambda value: value * (1 / 256))
    if picture.has_transparency_data:
        bare = picture.convert("RGBA")
    else:
        bare = picture.convert("L" if picture.mode in {"1", "L", "I;16"} else "RGB")
    bare.info = {}
    return bare


def _saved(pixels: Image.Image, kind: str) -> Rewritten:
    file = BytesIO()
    if kind == "PNG":
        pixels.save(file, "PNG", compress_level=6)
    else:
        pixels.save(file, "JPEG", quality=JPEG_QUALITY)
    return Rewritten(f"image/{kind.lower()}", 1, file.getvalue())


if __name__ == "__main__":
    answer_with(rewritten)
