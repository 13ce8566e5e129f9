"""Figures: pictures that say in words what they show, the same bytes for the same numbers."""

import base64
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import matplotlib.image
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode import figures
from qualcode.figures import (
    _CATEGORY_SHAPES,
    CATEGORY_COLOURS,
    VALENCE_COLOURS,
    Figure,
    circle_layout,
    heat_map,
    network,
    valence_bars,
)
from qualcode.wording import use_language

SERIES = ("mendukung", "menentang", "campuran", "deskriptif")
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def bars(counts: Sequence[Sequence[int]], rows: Sequence[str], caption: str = "Suara.") -> Figure:
    return valence_bars(counts, rows=rows, series=SERIES, caption=caption)


DRAWN: dict[str, Callable[[], Figure]] = {
    "heat map": lambda: heat_map([[3, 0], [0, 12]], rows=["A Satu", "B Dua"], columns=["I1", "I2"], caption="Peta."),
    "bars": lambda: bars([[3, 0, 0, 1], [0, 12, 0, 0]], ["A Satu", "B Dua"]),
    "nothing": lambda: heat_map([[0, 0]], rows=["A"], columns=["I1", "I2"], caption="Peta."),
}


def chunks(png: bytes) -> Iterator[bytes]:
    """The types of a PNG file's chunks, in order."""
    at = len(SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8]
        at += 12 + length


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_a_png(name: str) -> None:
    """A picture is a whole PNG file that opens, without date or program name in it."""
    png = DRAWN[name]().png
    assert png.startswith(SIGNATURE)
    kinds = list(chunks(png))
    assert (kinds[0], kinds[-1]) == (b"IHDR", b"IEND")
    assert not {b"tEXt", b"iTXt", b"zTXt", b"tIME"} & set(kinds)
    height, width, _ = matplotlib.image.imread(io.BytesIO(png)).shape
    assert min(height, width) > 50


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    """Drawn twice, a picture is the same to the byte."""
    assert DRAWN[name]() == DRAWN[name]()


def test_a_picture_is_drawn_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a figure draws nothing; its picture is drawn once, of the numbers it was made with."""
    drawn = []
    monkeypatch.setattr(figures, "_png", lambda drawing: drawn.append(drawing) or SIGNATURE)
    counts = [[1, 2]]
    made = [heat_map(counts, rows=["A"], columns=["x", "y"], caption=""), bars([[1, 0, 0, 0]], ["A"])]
    counts[0][0] = 7
    assert not drawn
    assert [figure.png for figure in (*made, *made)] == [SIGNATURE] * 4
    assert len(drawn) == 2
    assert "1" in [each.get_text() for each in drawn[0].axes[0].texts]


def test_a_picture_speaks_the_language_it_was_made_in() -> None:
    """Drawn after the language has changed, a picture is the same as drawn before."""
    one, other = bars([[1, 2, 0, 0]], ["A"]), bars([[1, 2, 0, 0]], ["A"])
    before = one.png
    use_language("en")
    assert other.png == before
    assert bars([[1, 2, 0, 0]], ["A"]).png != before


@pytest.mark.parametrize("rows", [3, 18, 32])
def test_letters_are_not_made_smaller_on_paper(rows: int) -> None:
    """However many rows, a figure is no wider than 15 cm and no higher than 18, so that its letters keep their size."""
    names = [f"KOD-{number} Sebuah nama yang agak panjang" for number in range(rows)]
    columns = [*(f"I{number}" for number in range(1, 8)), "dokumentasi", "observasi"]
    for figure in (
        heat_map([[number] * 9 for number in range(rows)], rows=names, columns=columns, caption=""),
        bars([[1, 2, 1, 1]] * rows, names),
    ):
        high, wide, _ = matplotlib.image.imread(io.BytesIO(figure.png)).shape
        assert wide / figures.DOTS_PER_INCH * 2.54 <= 15
        assert high / figures.DOTS_PER_INCH * 2.54 <= 18.2


def test_other_numbers_give_another_picture() -> None:
    """A picture shows its numbers: where they differ, it differs."""
    one, other = (heat_map([[n, 1]], rows=["A"], columns=["x", "y"], caption="") for n in (2, 3))
    assert one.png != other.png
    assert bars([[1, 2, 0, 0]], ["A"]).png != bars([[2, 1, 0, 0]], ["A"]).png


def test_the_alternative_text_of_a_heat_map() -> None:
    """Caption and every count that is not zero, by row and column; silent rows are left out."""
    figure = heat_map([[3, 0], [0, 0], [1, 12]], rows=["A Satu", "B", "C"], columns=["I1", "I2"], caption="Peta.")
    assert figure.alt == "Peta. A Satu: I1 3; C: I1 1, I2 12."


def test_the_alternative_text_of_bars() -> None:
    """Caption and every number of voices that is not zero, by row and valence; silent rows are left out."""
    figure = bars([[3, 0, 0, 1], [0, 0, 0, 0], [0, 2, 0, 0]], ["A", "B", "C"])
    assert figure.alt == "Suara. A: mendukung 3, deskriptif 1; C: menentang 2."


@settings(max_examples=8)
@given(st.lists(st.lists(st.integers(0, 99), min_size=4, max_size=4), min_size=1, max_size=4))
def test_every_number_stands_in_the_words(counts: list[list[int]]) -> None:
    """Who cannot see the picture is told the same numbers, all of them and no others."""
    rows = [f"K{chr(ord('A') + index)}" for index in range(len(counts))]
    for figure in (bars(counts, rows, ""), heat_map(counts, rows=rows, columns=SERIES, caption="")):
        assert list(map(int, re.findall(r"\d+", figure.alt))) == [each for row in counts for each in row if each]


@pytest.mark.parametrize(
    "figure",
    [
        lambda: heat_map([], rows=[], columns=["I1"], caption="Peta."),
        lambda: heat_map([[], []], rows=["A", "B"], columns=[], caption="Peta."),
        lambda: heat_map([[0, 0]], rows=["A"], columns=["I1", "I2"], caption="Peta."),
        lambda: bars([], [], "Peta."),
        lambda: bars([[0, 0, 0, 0]], ["A"], "Peta."),
    ],
)
@pytest.mark.parametrize(("language", "words"), [("id", "Tidak ada data"), ("en", "No data")])
def test_nothing_to_draw_is_said(figure: Callable[[], Figure], language: str, words: str) -> None:
    """Without rows, columns or counts there is a picture that says so, in words and in the language in use."""
    use_language(language)
    empty = figure()
    assert empty.alt.startswith("Peta. ")
    assert words in empty.alt
    assert empty.png.startswith(SIGNATURE)


def test_numbers_and_names_must_match() -> None:
    """A number without a name, or a name without its number, is refused rather than left out."""
    with pytest.raises(ValueError):
        heat_map([[1, 2]], rows=["A"], columns=["x"], caption="")
    with pytest.raises(ValueError):
        heat_map([[1], [2]], rows=["A"], columns=["x"], caption="")
    with pytest.raises(ValueError):
        bars([[1, 0, 0, 0]], ["A", "B"])


@pytest.mark.parametrize("name", ["$x_{$", "US$ 5 sampai US$ 9", r"\frac{$", "x" * 200, "%s {0} _a^b", "<b>&", ""])
def test_any_name_can_be_drawn(name: str) -> None:
    """A name is drawn as it is written: dollar signs make no formula, long names are cut, nothing fails."""
    for figure in (
        heat_map([[1, 2]], rows=[name], columns=[name, "y"], caption=name),
        bars([[1, 0, 0, 2]], [name], name),
    ):
        assert figure.png.startswith(SIGNATURE)
        assert name in figure.alt


def runs(png: bytes, colour: str) -> int:
    """How many stretches of rows of pixels hold a colour, from top to bottom."""
    wanted = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    pixels = matplotlib.image.imread(io.BytesIO(png))[:, :, :3]
    held = (abs(pixels - wanted) < 0.01).all(axis=2).any(axis=1)
    return int((held[1:] & ~held[:-1]).sum())


@pytest.mark.parametrize("alike", [["A", "B", "C"], ["Sama"] * 3, [f"{'kata ' * 12}{n}" for n in range(3)]])
def test_every_row_has_its_own_bar(alike: list[str]) -> None:
    """Rows with the same name, or names that begin alike, have a bar each; one more stretch is the key's."""
    assert runs(bars([[1, 0, 0, 0]] * 3, alike).png, VALENCE_COLOURS[0]) == 3 + 1


def test_html_embeds_the_picture_and_escapes_the_words() -> None:
    """In HTML the picture is embedded, and caption and alternative text stay text."""
    hostile = '"><script>alert(1)</script>'
    figure = Figure(b"\x89PNG", hostile, hostile)
    soup = BeautifulSoup(figure.to_html(), "html.parser")
    assert [element.name for element in soup.find_all(True)] == ["figure", "img", "figcaption"]
    assert soup.img["alt"] == hostile
    assert soup.figcaption.get_text() == hostile
    kind, _, data = soup.img["src"].partition(",")
    assert (kind, base64.b64decode(data)) == ("data:image/png;base64", b"\x89PNG")
    assert figure._repr_html_() == figure.to_html()


def test_without_html_a_figure_is_its_words() -> None:
    """Where no picture can be shown, caption and alternative text stand for it."""
    assert repr(Figure(b"", "Peta.", "Peta. A: I1 3.")) == "Peta.\nPeta. A: I1 3."


@given(st.integers(0, 60))
def test_a_circle_of_names_leaves_room_for_each(count: int) -> None:
    """Every node lies on the circle, and on either side the heights are evenly apart: names never overlap."""
    places = circle_layout(count)
    assert len(places) == count
    assert all(abs(x * x + y * y - 1) < 1e-9 for x, y in places)
    right, left = places[: (count + 1) // 2], places[(count + 1) // 2 :]
    for side in (right, left):
        gaps = [abs(one - other) for (_, one), (_, other) in pairwise(side)]
        assert all(abs(gap - 2 / len(side)) < 1e-9 for gap in gaps)
    assert all(x >= 0 for x, _ in right)
    assert all(x <= 0 for x, _ in left)


@pytest.mark.parametrize("count", [2, 3, 9, 24])
def test_a_network_is_drawn_whole(count: int) -> None:
    """Any number of codes and groups can be drawn; every line is said in words; the same bytes twice."""
    names = [f"K{at} US$ {at}" for at in range(count)]
    groups = [at // 2 for at in range(count)]
    edges = [(at, (at + step) % count, at + 1) for at in range(count) for step in (1, count // 2)]
    labels = [f"Kelompok {at}" for at in range(groups[-1] + 1)]
    one, other = (network(names, edges, groups=groups, group_names=labels, caption="Jaringan.") for _ in range(2))
    assert one == other
    assert one.png.startswith(SIGNATURE)
    assert all(f"{names[a]} – {names[b]} {n}" in one.alt for a, b, n in edges)


def test_a_network_without_lines_is_a_sentence() -> None:
    """Without lines there is nothing to draw, and that is said."""
    assert "Tidak ada data" in network([], [], groups=[], group_names=[], caption="Jaringan.").alt


def test_categories_stay_apart() -> None:
    """Each of the colours of categories reaches 3:1 on white, and no pair of colour and shape comes twice in 72."""
    for colour in CATEGORY_COLOURS:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
        assert 1.05 / (luminance + 0.05) >= 2.95
    pairs = {(at % len(CATEGORY_COLOURS), at % len(_CATEGORY_SHAPES)) for at in range(72)}
    assert len(pairs) == 72
