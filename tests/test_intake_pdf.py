"""PDF: paragraphs of lines, without what every page repeats."""

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from qualcode.errors import UnreadableFileError
from qualcode.intake.blocks import RawFile
from qualcode.intake.files import read_raw

Row = tuple[float, float, str]


def write_pdf(path: Path, pages: Sequence[Sequence[Row]], **options: object) -> Path:
    """Write each page's rows: how far from the left, how far up, and the words."""
    canvas = Canvas(str(path), **options)
    for page in pages:
        for left, height, words in page:
            canvas.drawString(left, height, words)
        canvas.showPage()
    canvas.save()
    return path


def column(*lines: str, top: float = 740, gap: float = 15) -> list[Row]:
    """Lines below one another; "" leaves one out."""
    return [(72, top - gap * i, line) for i, line in enumerate(lines) if line]


def paragraphs(raw: RawFile) -> list[tuple[int, str]]:
    return [(block.page, block.text) for block in raw.blocks]


FULL = "kata demi kata sampai ke tepi kanan halaman ini tanpa henti dan tanpa titik koma"


def test_paragraphs_are_rebuilt(tmp_path: Path) -> None:
    """Lines become paragraphs: at a gap, after a short line, before a label; and go on over the page."""
    first = column(
        "Transkrip Wawancara",
        "",
        f"P: Mengapa {FULL[:59]} komentar itu",
        "tidak dibalas oleh admin?",
        f"I1: Karena {FULL[:59]} semua orang",
        "sibuk.",
        "P: Ya.",
        f"I1: Lagi pula {FULL[:53]} kami hanya",
    )
    second = column("berdua di kantor.", "", "Selesai.")
    raw = read_raw(write_pdf(tmp_path / "a.pdf", [first, second]))
    assert paragraphs(raw) == [
        (1, "Transkrip Wawancara"),
        (1, f"P: Mengapa {FULL[:59]} komentar itu tidak dibalas oleh admin?"),
        (1, f"I1: Karena {FULL[:59]} semua orang sibuk."),
        (1, "P: Ya."),
        (1, f"I1: Lagi pula {FULL[:53]} kami hanya berdua di kantor."),
        (2, "Selesai."),
    ]
    assert [each.what for each in raw.guesses] == ["Paragraf PDF disusun kembali dari barisnya."]
    assert (raw.format, raw.losses) == ("pdf", ())


def test_heads_feet_and_page_numbers_go_with_a_word(tmp_path: Path) -> None:
    """What stands at the same height on the pages, numbers apart, is removed and shown; the text is whole."""
    pages = []
    for n, name in enumerate(("satu", "dua", "tiga"), 1):
        edges = [(72.0, 800.0, "Universitas Samudra"), (480.0, 800.0, f"Lampiran {n}"), (300.0, 30.0, f"{n + 4}")]
        body = column(f"Paragraf {name}: {FULL}", "yang ada di sini.", "", f"Yang kedua dari {name} juga.")
        pages.append(edges + body)
    raw = read_raw(write_pdf(tmp_path / "a.pdf", pages))
    assert paragraphs(raw) == [
        (n, text)
        for n, name in enumerate(("satu", "dua", "tiga"), 1)
        for text in (f"Paragraf {name}: {FULL} yang ada di sini.", f"Yang kedua dari {name} juga.")
    ]
    assert raw.guesses[0].what == "6 kepala, kaki, atau nomor halaman dibuang: Universitas Samudra Lampiran 1 / 5."


def test_the_same_answer_on_each_page_is_no_head(tmp_path: Path) -> None:
    """Lines of the text that happen to repeat stay: no gap sets them apart from the others."""
    pages = [column("P: Ya?", f"I{n}: Ya.", f"P: Nomor {n * 7} sudah?", "I: Sudah.") for n in (1, 2, 3)]
    words = " ".join(block.text for block in read_raw(write_pdf(tmp_path / "a.pdf", pages)).blocks).split()
    assert words == " ".join(line for page in pages for _, _, line in page).split()


def test_hyphens_at_line_ends(tmp_path: Path) -> None:
    """Divided words are joined and counted; doubled words and capitals keep their hyphen."""
    lines = [f"{FULL} komen-", f"tar {FULL} anak-", f"anak {FULL} se-", f"Indonesia {FULL} sayur-", "mayur."]
    raw = read_raw(write_pdf(tmp_path / "a.pdf", [column(*lines)]))
    assert paragraphs(raw) == [(1, f"{FULL} komentar {FULL} anak-anak {FULL} se-Indonesia {FULL} sayur-mayur.")]
    assert "1 kata yang terpenggal di akhir baris disambung." in [each.what for each in raw.guesses]


def picture() -> ImageReader:
    content = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(content, "PNG")
    content.seek(0)
    return ImageReader(content)


def test_a_scan_is_refused_with_the_mend(tmp_path: Path) -> None:
    """Pages of pictures without text are a scan; the mend says how to have its text recognised."""
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for _ in range(3):
        canvas.drawImage(picture(), 0, 0, 500, 700)
        canvas.showPage()
    canvas.save()
    with pytest.raises(UnreadableFileError, match="pindaian: 3 halaman") as refused:
        read_raw(tmp_path / "a.pdf")
    assert "OCR" in refused.value.problem.mend


def test_a_page_that_was_scanned_is_reported(tmp_path: Path) -> None:
    """One scanned page among others is a loss; a picture beside words is one, too."""
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for _, height, line in column("Paragraf pertama yang cukup panjang untuk dibaca.", "", "Dan satu lagi di sini."):
        canvas.drawString(72, height, line)
    canvas.drawImage(picture(), 0, 0, 50, 50)
    canvas.showPage()
    canvas.drawImage(picture(), 0, 0, 500, 700)
    canvas.showPage()
    canvas.save()
    assert [each.what for each in read_raw(tmp_path / "a.pdf").losses] == [
        "1 gambar tidak ikut.",
        "1 halaman hanya berisi gambar tanpa teks.",
    ]


def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    """A PDF behind a password is refused, with the mend."""
    write_pdf(tmp_path / "a.pdf", [column("Rahasia.")], encrypt="sandi")
    with pytest.raises(UnreadableFileError, match="kata sandi"):
        read_raw(tmp_path / "a.pdf")


def test_properties(tmp_path: Path) -> None:
    """Title and day of making are kept."""
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.setTitle("Wawancara 1")
    canvas.drawString(72, 700, "Isi yang cukup panjang.")
    canvas.save()
    properties = read_raw(tmp_path / "a.pdf").properties
    assert properties["title"] == "Wawancara 1"
    assert len(properties["created"]) == 10


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its catalogue, with a sound table of places."""
    content = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))
    return content + head + table + trailer


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def one_page(stream: bytes, filter: bytes = b"") -> bytes:
    """A PDF of one page with this content."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(stream), filter, stream),
        FONT,
    )


def test_a_stream_that_swells_is_refused(tmp_path: Path) -> None:
    """A content that unpacks to gigabytes is refused before anything unpacks it whole."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(20)) + packer.flush()
    (tmp_path / "a.pdf").write_bytes(one_page(packed, b"/Filter/FlateDecode"))
    with pytest.raises(UnreadableFileError, match="mekar"):
        read_raw(tmp_path / "a.pdf")


def test_a_deep_tree_of_pages_ends(tmp_path: Path) -> None:
    """A page below five thousand levels, and a tree that contains itself, are read or refused, and end."""
    levels = 5000
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (i + 3, i + 1) for i in range(levels)]
    page = b"<</Type/Page/MediaBox[0 0 600 800]>>"
    deep = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, page)
    circle = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4>>")
    for content in (deep, circle):
        (tmp_path / "a.pdf").write_bytes(content)
        with pytest.raises(UnreadableFileError):
            read_raw(tmp_path / "a.pdf")


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    """One page standing in the tree three thousand times is more than a document."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"
    kids = b" ".join(b"%d 0 R" % i for i in range(3, 3003))
    content = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count 3000>>" % kids, *[page] * 3000)
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(UnreadableFileError, match="halaman"):
        read_raw(tmp_path / "a.pdf")


def test_a_million_objects_on_a_page(tmp_path: Path) -> None:
    """Ten thousand words set one by one are read; the text is all there."""
    words = b"BT /F1 4 Tf 1 0 0 1 20 780 Tm " + b"".join(b"(kata%d ) Tj " % (i % 10) for i in range(10_000)) + b"ET"
    (tmp_path / "a.pdf").write_bytes(one_page(words))
    text = " ".join(block.text for block in read_raw(tmp_path / "a.pdf").blocks)
    assert text.count("kata") == 10_000
