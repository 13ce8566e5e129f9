"""Tables, passages and prose: everything that was typed by somebody stays text, wherever it is shown."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from qualcode.display import Cell, Passages, Prose, Quotation, Table, terminal_safe

ELEMENTS = {
    *("div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "details", "summary"),
    *("blockquote", "footer", "code", "ul", "li"),
}
ATTRIBUTES = {"style", "class", "scope", "data-coding"}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table></details><h1>lolos</h1>",
    "&lt;b&gt; &amp; <!-- ",
    "javascript:alert(1) <a href=x>",
    "{{ 7*7 }} {% raw %} <style>*{display:none}</style>",
]

SHOWN: dict[str, Callable[[str], str]] = {
    "caption": lambda text: Table(text, ("a",), []).to_html(),
    "heading": lambda text: Table("", (text, "b"), []).to_html(),
    "row heading": lambda text: Table("", ("a", "b"), [(text, 1)]).to_html(),
    "cell": lambda text: Table("", ("a", "b"), [("x", text)]).to_html(),
    "closed cell": lambda text: Table("", ("a", "b"), [("x", Cell(text))]).to_html(),
    "summary": lambda text: Table("", ("a", "b"), [("x", Cell(text, (Quotation("q", "d:1"),)))]).to_html(),
    "quotation": lambda text: Table("", ("a", "b"), [("x", Cell("1", (Quotation(text, "d:1"),)))]).to_html(),
    "address": lambda text: Table("", ("a", "b"), [("x", Cell("1", (Quotation("q", text),)))]).to_html(),
    "note of a quotation": lambda text: Table(
        "", ("a", "b"), [("x", Cell("1", (Quotation("q", "d", text),)))]
    ).to_html(),
    "note": lambda text: Table("", ("a",), [], text).to_html(),
    "heading of passages": lambda text: Passages(text, ()).to_html(),
    "words for no passages": lambda text: Passages("", (), text).to_html(),
    "passage": lambda text: Passages("", (Quotation(text, "d:1"),)).to_html(),
    "paragraph": lambda text: Prose((text,)).to_html(),
    "list item": lambda text: Prose((("a", text),)).to_html(),
}


def parsed(html: str) -> BeautifulSoup:
    """The HTML as a browser reads it, with nothing in it but our own elements and attributes."""
    soup = BeautifulSoup(html, "html.parser")
    assert {element.name for element in soup.find_all(True)} <= ELEMENTS
    assert {name for element in soup.find_all(True) for name in element.attrs} <= ATTRIBUTES
    return soup


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("where", SHOWN)
@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_any_place_stays_text(where: str, text: str) -> None:
    """Markup that somebody typed is shown letter by letter, in whatever part of a table, list or paragraph."""
    assert words(text) in words(parsed(SHOWN[where](text)).get_text())


@pytest.mark.parametrize("where", SHOWN)
@given(
    text=st.text(alphabet=st.one_of(st.sampled_from("<>&\"'/= \nab"), st.characters(exclude_categories=["Cc", "Cs"])))
)
def test_any_text_in_any_place_stays_text(where: str, text: str) -> None:
    """No text makes an element or attribute of its own, and none of its letters is lost."""
    shown = "".join(parsed(SHOWN[where](text)).get_text().split())
    assert "".join(text.split()) in shown


def test_the_id_of_a_coding_cannot_leave_its_attribute() -> None:
    """The id of a coding stands in an attribute and stays there, whatever it holds."""
    html = Passages("", (Quotation("q", "d:1", coding="\" onclick='x' data-y=\""),)).to_html()
    assert parsed(html).blockquote["data-coding"] == "\" onclick='x' data-y=\""
    assert not parsed(Passages("", (Quotation("q", "d:1"),)).to_html()).find(attrs={"data-coding": True})


def test_a_cell_opens_to_its_quotations() -> None:
    """A cell with quotations is a details element: its text to see, the words with address and note behind it."""
    cell = Cell("2 (+1 −1)", (Quotation("Semua\n dibalas.", "w-i1:3", "mendukung"), Quotation("Tidak.", "w-i3:9")))
    soup = parsed(Table("", ("a", "b"), [("x", cell)]).to_html())
    assert soup.summary.get_text() == "2 (+1 −1)"
    quotations = [words(quotation.get_text()) for quotation in soup.details.find_all("blockquote")]
    assert quotations == ["“Semua dibalas.”w-i1:3 mendukung", "“Tidak.”w-i3:9"]


def test_a_cell_without_quotations_does_not_open() -> None:
    """Nothing invites to open a cell that holds nothing."""
    assert parsed(Table("", ("a", "b"), [("x", Cell("·"))]).to_html()).details is None


def test_the_parts_of_a_table() -> None:
    """Caption, headings of columns and rows, cells and note stand where screen readers look for them."""
    soup = parsed(Table("Judul", ("Kode", "I1"), [("A", 1), ("B", "dua\nbaris")], "Catatan").to_html())
    assert soup.caption.get_text() == "Judul"
    assert [cell.get_text() for cell in soup.thead.find_all("th", scope="col")] == ["Kode", "I1"]
    assert [cell.get_text() for cell in soup.tbody.find_all("th", scope="row")] == ["A", "B"]
    assert [str(cell.decode_contents()) for cell in soup.find_all("td")] == ["1", "dua<br/>baris"]
    assert soup.find_all("p")[-1].get_text() == "Catatan"


def test_a_table_without_headings_has_no_empty_head() -> None:
    """Where all columns are unnamed there is no head."""
    assert parsed(Table("", ("", ""), [("a", "b")]).to_html()).thead is None


@pytest.mark.parametrize(("shade", "tint"), [(-1, None), (0, None), (0.5, "0.21"), (1, "0.36"), (7, "0.36")])
def test_the_tint_grows_with_the_shade_and_no_further(shade: float, tint: str | None) -> None:
    """No shade, no tint; the deepest shade is light enough to read on; the text is the same in any shade."""
    cell = parsed(Table("", ("a", "b"), [("x", Cell("3", shade=shade))]).to_html()).td
    found = re.search(r"background-color:rgba\(0,114,178,([\d.]+)\)", cell["style"])
    assert (found and found[1]) == tint
    assert cell.get_text() == "3"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u00a0="])
def test_formulas_are_defused(sign: str) -> None:
    """Text that a spreadsheet would run begins with an apostrophe, in headings and cells alike."""
    text = f"{sign}HYPERLINK(1)"
    rows = list(csv.reader(io.StringIO(Table("", (text, "b"), [(text, Cell(text))]).to_csv(), newline="")))
    for field in (rows[0][0], *rows[1]):
        assert field.startswith("'")
        assert field.endswith("HYPERLINK(1)")


def test_a_formula_cannot_hide_behind_a_carriage_return() -> None:
    """No line of the file, however a spreadsheet counts lines, begins with a formula."""
    text = Table("", ("a",), [("x\r=1+1",), ("x\r\n=1+1",)]).to_csv()
    assert "\r" not in text
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a"], ["x\n=1+1"], ["x\n=1+1"]]


def test_numbers_are_no_formulas() -> None:
    """Numbers stand in the file as numbers, negative ones, too."""
    assert Table("", ("a", "b", "c"), [("x", -3, 2.5)]).to_csv() == "a,b,c\nx,-3,2.5\n"


GRIDS = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.text(max_size=6), min_size=width, max_size=width, unique=True),
        st.lists(
            st.lists(st.text(alphabet="a=+\\|,;\"'\r\n\té–", max_size=6), min_size=width, max_size=width), max_size=4
        ),
    )
)


@given(GRIDS)
def test_a_spreadsheet_reads_the_same_cells(grid: tuple[list[str], list[list[str]]]) -> None:
    """The file has a row for each row and a field for each cell; nothing but line ends and apostrophes differs."""
    columns, rows = grid
    written = Table("", columns, rows).to_csv()
    read = list(csv.reader(io.StringIO(written, newline="")))
    for was, found in zip([columns, *rows], read, strict=True):
        for text, field in zip(was, found, strict=True):
            assert field.removeprefix("'") == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")
            assert not field.lstrip().startswith(("=", "+", "-", "@"))


@given(GRIDS)
def test_markdown_keeps_its_shape(grid: tuple[list[str], list[list[str]]]) -> None:
    """Pipes, backslashes and line breaks inside cells neither end a cell nor a row."""
    columns, rows = grid
    lines = Table("Judul | dua", columns, rows).to_markdown().splitlines()
    assert lines[0] == r"**Judul \| dua**"
    assert len(lines) == 2 + 2 + len(rows)
    for line in lines[2:]:
        assert len(re.findall(r"\|", re.sub(r"\\.", "", line))) == len(columns) + 1


def test_markdown_by_example() -> None:
    """A table in Markdown: caption, headings, a row for each row, the note below."""
    table = Table("Judul", ("a", "b"), [("x|y", Cell("1\n2"))], "Catatan")
    assert table.to_markdown() == "**Judul**\n\n| a | b |\n| --- | --- |\n| x\\|y | 1 2 |\n\nCatatan\n"
    assert repr(table) == table.to_markdown()


@given(GRIDS)
def test_json_keeps_every_cell(grid: tuple[list[str], list[list[str]]]) -> None:
    """Each row is an object with every column's cell, letter by letter."""
    columns, rows = grid
    data = json.loads(Table("k", columns, rows, "n").to_json())
    assert (data["caption"], data["note"]) == ("k", "n")
    assert data["rows"] == [dict(zip(columns, row, strict=True)) for row in rows]


def test_json_opens_cells() -> None:
    """A cell with quotations is an object with text and quotations; one without is its text; numbers are numbers."""
    cell = Cell("1", (Quotation("Ya 👍🏽", "w-i1:3", "mendukung"),))
    written = Table("k", ("a", "b", "c"), [(Cell("·"), cell, 3)]).to_json()
    opened = {"text": "1", "quotations": [{"text": "Ya 👍🏽", "address": "w-i1:3", "note": "mendukung"}]}
    assert json.loads(written)["rows"] == [{"a": "·", "b": opened, "c": 3}]
    assert "👍🏽" in written


def test_json_loses_nothing_where_headings_repeat() -> None:
    """Where two columns have the same heading, or none, a row is a list: no cell overwrites another."""
    table = Table("Profil", ("", ""), [("Instansi", "Dinas"), ("Tempat", "Kota")])
    assert json.loads(table.to_json())["rows"] == [["Instansi", "Dinas"], ["Tempat", "Kota"]]


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mmerah\x1b[0m",
        "\x1b]0;judul\x07",
        "\x9b2J",
        "baris\rtimpa",
        "hapus\x08\x08",
        "kosong\x00",
        "balik\u202eteks\u202c",
        "isolasi\u2066teks\u2069",
        "hapus\x7f",
    ],
)
def test_a_text_cannot_steer_the_terminal(text: str) -> None:
    """Escape sequences, carriage returns and marks that turn the reading direction are shown as what they are: odd."""
    safe = terminal_safe(text)
    assert len(safe) == len(text)
    assert "\ufffd" in safe
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", safe)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_ordinary_text_reaches_the_terminal_unchanged(text: str) -> None:
    """Letters of every script, emoji and combining marks, tabs and line breaks pass."""
    assert terminal_safe(f"{text}\n\t{text}") == f"{text}\n\t{text}"


@pytest.mark.parametrize("text", ["👩🏽‍🌾", "é (e\u0301)", "ꦱꦩꦸꦢꦿ", "“kutip” – …"])
def test_joined_characters_reach_the_terminal_whole(text: str) -> None:
    """Emoji joined of several, accents, Javanese script and typographic marks stay whole."""
    assert terminal_safe(text) == text


def test_passages_in_words() -> None:
    """Without HTML, passages are lines with quotation, address and note, or the words for nothing."""
    passages = Passages("Terkuat", (Quotation("Ya.", "w-i1:3", "mendukung"), Quotation("Tidak.", "w-i3:9")))
    assert repr(passages).splitlines() == ["Terkuat", "“Ya.” (w-i1:3) mendukung", "“Tidak.” (w-i3:9)"]
    assert repr(Passages("Terkuat", (), "Tidak ada.")).splitlines() == ["Terkuat", "Tidak ada."]
    assert "Tidak ada." in parsed(Passages("Terkuat", (), "Tidak ada.").to_html()).get_text()


def test_prose_in_words() -> None:
    """Prose is a paragraph for each text and a list for each tuple, in HTML and without."""
    prose = Prose(("Pertama.", ("satu", "dua")))
    assert repr(prose) == "Pertama.\n- satu\n- dua"
    soup = parsed(prose.to_html())
    assert [element.get_text() for element in soup.find_all(["p", "li"])] == ["Pertama.", "satu", "dua"]


@pytest.mark.parametrize("shown", [Table("k", ("a",), [("x",)]), Passages("h", ()), Prose(("p",))])
def test_what_a_notebook_shows_is_the_html(shown: Table | Passages | Prose) -> None:
    """A notebook shows the same HTML that to_html gives."""
    assert shown._repr_html_() == shown.to_html()


def test_an_opened_table_has_a_row_for_every_quotation() -> None:
    """Opening a table gives each quotation behind each cell with its row, column and address; empty cells give none."""
    cell = Cell("+2", (Quotation("satu\ndua", "w-i1:3"), Quotation("=SUM(A1)", "w-i1:9", "catatan")), value=2)
    table = Table("Matriks", ["Kode", "I1", "I2"], [["KHN-OPE", cell, Cell("·")]])
    opened = table.opened(["a", "b", "c", "d", "e", "f"])
    assert opened.rows == [
        ["KHN-OPE", "I1", "+2", "satu dua", "w-i1:3", ""],
        ["KHN-OPE", "I1", "+2", "=SUM(A1)", "w-i1:9", "catatan"],
    ]
    assert "'=SUM(A1)" in opened.to_csv()
