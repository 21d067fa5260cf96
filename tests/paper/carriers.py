"""Pages as the files that scanners, fax servers and telephones leave in a folder."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import pikepdf
from PIL import Image, ImageOps

Encoded = tuple[bytes, str, str, int]  # data, filter, colour space, bits per component


class Carrier(StrEnum):
    """The kind of file. PDF_STRIPS: each page in three pictures, as some scanners write it."""

    PDF_JPEG = "pdf-jpeg"
    PDF_FLATE = "pdf-flate"
    PDF_G4 = "pdf-g4"
    PDF_STRIPS = "pdf-strips"
    TIFF = "tiff"
    JPG = "jpg"
    PNG = "png"

    @property
    def suffix(self) -> str:
        return ".pdf" if self.value.startswith("pdf") else f".{self.value}"


def save_as(
    images: Sequence[Image.Image],
    carrier: Carrier,
    *,
    dpi: float = 200,
    quality: int = 80,
    orientation: int = 1,
    rotate: int = 0,
    hidden_text: str = "",
) -> bytes:
    """The pages as one file. JPG and PNG hold one page; raises ValueError for more.

    orientation: EXIF orientation 1 to 8 of a JPG: the pixels are stored so that a viewer that obeys the tag
                 shows `image`
    rotate:      PDF only: /Rotate of each page in degrees, the pixels stored turned back
    hidden_text: PDF only: invisible text as a scanner's own recognition leaves it, right or wrong
    """
    if carrier in (Carrier.JPG, Carrier.PNG) and len(images) != 1:
        raise ValueError(f"{carrier} holds one page, not {len(images)}")
    buffer = io.BytesIO()
    if carrier is Carrier.JPG:
        stored, exif = _stored(images[0], orientation)
        stored.convert("L" if stored.mode == "1" else stored.mode).save(
            buffer, "JPEG", quality=quality, dpi=(dpi, dpi), exif=exif
        )
    elif carrier is Carrier.PNG:
        images[0].save(buffer, "PNG", dpi=(dpi, dpi))
    elif carrier is Carrier.TIFF:
        first, *others = (_for_tiff(image) for image in images)
        first.save(buffer, "TIFF", save_all=True, append_images=others, dpi=(dpi, dpi))
    else:
        return _pdf(images, carrier, dpi, quality, rotate=rotate, hidden_text=hidden_text)
    return buffer.getvalue()


def _for_tiff(image: Image.Image) -> Image.Image:
    """The image with the compression its kind has in offices: fax for black and white, LZW for the rest."""
    copy = image.copy()
    copy.encoderinfo = {"compression": "group4" if image.mode == "1" else "tiff_lzw"}
    return copy


_UNDO = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}


def _stored(image: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The pixels and the tag that together show `image`."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    for step in _UNDO.get(orientation, ()):
        image = image.transpose(step)
    return image, exif


def _pdf(
    images: Sequence[Image.Image],
    carrier: Carrier,
    dpi: float,
    quality: int,
    *,
    rotate: int,
    hidden_text: str,
) -> bytes:
    document = pikepdf.new()
    for image in images:
        upright = image.rotate(rotate, expand=True) if rotate else image
        parts = _strips(upright) if carrier is Carrier.PDF_STRIPS else [upright]
        width, height = (edge * 72 / dpi for edge in upright.size)
        page = document.add_blank_page(page_size=(width, height))
        drawn, top = [], height
        pictures = pikepdf.Dictionary()
        for count, part in enumerate(parts):
            tall = part.height * 72 / dpi
            top -= tall
            pictures[f"/Im{count}"] = _picture(document, part, carrier, quality)
            drawn.append(f"q {width:.4f} 0 0 {tall:.4f} 0 {top:.4f} cm /Im{count} Do Q")
        page.Resources = pikepdf.Dictionary(XObject=pictures)
        if hidden_text:
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
            font.BaseFont = pikepdf.Name.Helvetica
            page.Resources.Font = pikepdf.Dictionary(F0=font)
            drawn.append(_invisible(hidden_text, height))
        page.Contents = document.make_stream("\n".join(drawn).encode("latin-1"))
        if rotate:
            page.Rotate = rotate
    buffer = io.BytesIO()
    document.save(buffer, static_id=True)
    return buffer.getvalue()


def _invisible(text: str, height: float) -> str:
    """Text in rendering mode 3, line by line from the top."""
    lines = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.split("\n"))
    moves = " ".join(f"({line}) Tj 0 -12 Td" for line in lines)
    return f"BT 3 Tr /F0 10 Tf 36 {height - 40:.2f} Td {moves} ET"


def _strips(image: Image.Image) -> list[Image.Image]:
    edges = [image.height * k // 3 for k in range(4)]
    return [image.crop((0, top, image.width, bottom)) for top, bottom in pairwise(edges)]


def _picture(document: pikepdf.Pdf, image: Image.Image, carrier: Carrier, quality: int) -> pikepdf.Object:
    if carrier is Carrier.PDF_G4:
        data, codec, space, bits = _group4(image)
    elif carrier is Carrier.PDF_FLATE:
        data, codec, space, bits = _flate(image)
    else:
        data, codec, space, bits = _jpeg(image, quality)
    stream = document.make_stream(data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = bits
    stream.ColorSpace = pikepdf.Name(space)
    stream.Filter = pikepdf.Name(codec)
    if codec == "/CCITTFaxDecode":
        stream.DecodeParms = pikepdf.Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=False)
    return stream


def _jpeg(image: Image.Image, quality: int) -> Encoded:
    image = image.convert("L") if image.mode == "1" else image
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue(), "/DCTDecode", "/DeviceGray" if image.mode == "L" else "/DeviceRGB", 8


def _flate(image: Image.Image) -> Encoded:
    bits = 1 if image.mode == "1" else 8
    space = "/DeviceRGB" if image.mode == "RGB" else "/DeviceGray"
    return zlib.compress(image.tobytes(), 6), "/FlateDecode", space, bits


def _group4(image: Image.Image) -> Encoded:
    """Fax group 4 of a black and white page, taken out of a TIFF that holds it in one strip."""
    buffer = io.BytesIO()
    negative = ImageOps.invert(image.convert("L")).convert("1", dither=Image.Dither.NONE)
    negative.save(buffer, "TIFF", compression="group4", tiffinfo={278: image.height})
    buffer.seek(0)
    with Image.open(buffer) as tiff:
        (offset,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
        inverted = tiff.tag_v2.get(262) == 1  # type: ignore[attr-defined]
    if not inverted:
        raise ValueError("the TIFF writer changed how it says black")
    return buffer.getvalue()[offset : offset + length], "/CCITTFaxDecode", "/DeviceGray", 1
