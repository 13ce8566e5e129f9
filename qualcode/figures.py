"""Numbers in, pictures out, each with a caption and a text alternative; knows no other room.

Pictures are drawn without a screen and carry no date, so that the same numbers always give the same bytes. Those of
the sheets are drawn when somebody asks for the picture, and are as wide as the text of an A4 page, so that their
letters are not made smaller there.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from math import hypot
from typing import TYPE_CHECKING

from qualcode.wording import number, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.textpath import TextPath

DOTS_PER_INCH = 150
# Colours that stay apart for the colour-blind and, but for the grey of mere description, reach 3:1 on white.
VALENCE_COLOURS = ("#0072B2", "#B35900", "#999933", "#B8B8B8")
VALENCE_HATCHES = ("", "///", "xx", "")


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture with its caption and, for who cannot see it, what it shows in words.

    Attributes
    ----------
    drawing : bytes or callable
        The picture, or what draws it.
    caption, alt : str
    """

    drawing: bytes | Callable[[], bytes]
    caption: str
    alt: str

    @cached_property
    def png(self) -> bytes:
        """The picture, drawn when it is first asked for."""
        return self.drawing if isinstance(self.drawing, bytes) else self.drawing()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Figure):
            return NotImplemented
        return (self.caption, self.alt) == (other.caption, other.alt) and self.png == other.png

    def __hash__(self) -> int:
        return hash((self.caption, self.alt))

    def to_html(self) -> str:
        """A ``<figure>`` with the picture embedded."""
        data = base64.b64encode(self.png).decode()
        return (
            '<figure style="margin:0.6em 0;max-width:100%">'
            f'<img alt="{escape(self.alt, quote=True)}" src="data:image/png;base64,{data}" '
            'style="max-width:100%;height:auto;background:#fff">'
            f'<figcaption style="font-size:0.9em;opacity:0.85;margin-top:0.3em">{escape(self.caption)}</figcaption>'
            "</figure>"
        )

    _repr_html_ = to_html

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.alt}"


def heat_map(counts: Sequence[Sequence[int]], *, rows: Sequence[str], columns: Sequence[str], caption: str) -> Figure:
    """Draw counts as tinted cells, each with its number; nothing is said by the tint alone.

    Parameters
    ----------
    counts : sequence of sequences of int
        ``len(rows)`` lists of ``len(columns)`` counts.
    rows, columns : sequence of str
    caption : str

    Returns
    -------
    Figure
    """
    if not columns or not any(map(any, counts)):
        return _empty(caption)
    lines = [
        f"{row}: " + ", ".join(f"{column} {count}" for column, count in zip(columns, found, strict=True) if count)
        for row, found in zip(rows, counts, strict=True)
        if any(found)
    ]
    draw = partial(_draw_heat_map, [list(row) for row in counts], tuple(rows), tuple(columns))
    return Figure(draw, caption, f"{caption} " + "; ".join(lines) + ".")


def _draw_heat_map(counts: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str]) -> bytes:
    import numpy as np
    import seaborn as sns
    from matplotlib.figure import Figure as Drawing

    cells = max(0.36 * len(columns), min(0.6 * len(columns), 3.1))
    long_names = any(len(name) > 8 for name in columns)
    high = (1.1 if long_names else 0.6) + _row_height(rows) * len(rows)
    drawing = Drawing(figsize=(2.4 + cells, high), layout="constrained")
    axes = drawing.subplots()
    written = np.array([[str(count) if count else "" for count in row] for row in counts])
    sns.heatmap(
        np.array(counts),
        annot=written,
        fmt="",
        cmap=sns.light_palette("#0072B2", as_cmap=True),
        vmin=0,
        linewidths=1,
        linecolor="white",
        cbar=False,
        square=False,
        annot_kws={"fontsize": 9},
        xticklabels=[_wrapped(name, 16) for name in columns],
        yticklabels=_row_names(rows),
        ax=axes,
    )
    axes.tick_params(length=0, labelsize=8.5)
    axes.set_yticklabels(axes.get_yticklabels(), rotation=0)
    axes.set_xticklabels(
        axes.get_xticklabels(), rotation=35 if long_names else 0, ha="right" if long_names else "center"
    )
    return _png(drawing)


def valence_bars(
    counts: Sequence[Sequence[int]], *, rows: Sequence[str], series: Sequence[str], caption: str
) -> Figure:
    """Draw one stacked bar a row: voices that support, oppose, do both, describe; hatched, so that ink suffices.

    Parameters
    ----------
    counts : sequence of sequences of int
        ``len(rows)`` lists of four numbers of voices, in the order of `series`.
    rows, series : sequence of str
    caption : str

    Returns
    -------
    Figure
    """
    if not any(map(any, counts)):
        return _empty(caption)
    lines = [
        f"{row}: " + ", ".join(f"{name} {count}" for name, count in zip(series, found, strict=True) if count)
        for row, found in zip(rows, counts, strict=True)
        if any(found)
    ]
    held = [list(row) for row in counts]
    draw = partial(_draw_valence_bars, held, tuple(rows), tuple(series), say("figure.voices"))
    return Figure(draw, caption, f"{caption} " + "; ".join(lines) + ".")


def _draw_valence_bars(
    counts: Sequence[Sequence[int]], rows: Sequence[str], series: Sequence[str], counted: str
) -> bytes:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import MaxNLocator

    drawing = Drawing(figsize=(5.5, 1.0 + _row_height(rows) * len(rows)), layout="constrained")
    axes = drawing.subplots()
    positions = range(len(rows))  # not the names: two that begin alike would share one bar
    left = [0] * len(rows)
    for index, name in enumerate(series):
        widths = [row[index] for row in counts]
        bars = axes.barh(
            positions,
            widths,
            left=left,
            color=VALENCE_COLOURS[index],
            hatch=VALENCE_HATCHES[index],
            edgecolor="white",
            label=name,
            height=0.68,
        )
        axes.bar_label(
            bars,
            labels=[str(width) if width else "" for width in widths],
            label_type="center",
            fontsize=8,
            color="black",
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        ) if any(widths) else None
        left = [before + width for before, width in zip(left, widths, strict=True)]
    axes.set_yticks(positions, _row_names(rows))
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(counted, fontsize=8.5)
    axes.tick_params(labelsize=8.5)
    axes.spines[["top", "right"]].set_visible(False)
    drawing.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=8.5)
    return _png(drawing)


def nine_cells(
    x: float,
    y: float,
    *,
    cells: Sequence[str],
    regions: Sequence[int],
    region_names: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[str],
    axes: tuple[str, str],
    label: str,
    caption: str,
) -> Figure:
    """Draw a point in a grid of nine cells, both axes from 4 down to 1; each region is tinted, hatched and named.

    Parameters
    ----------
    x, y : float
        From 1 to 4; 4 stands at the left and at the top.
    cells : sequence of str
        Nine names, row by row from the upper left.
    regions : sequence of int
        For each cell the index of its region.
    region_names : sequence of str
        At most three.
    columns, rows : sequence of str
        Three names each, from left and from above.
    axes : tuple of str
        What x and y are.
    label : str
        Stands beside the point.
    caption : str

    Returns
    -------
    Figure
    """
    found = 3 * _row_of(y) + _row_of(x)
    words = say("figure.in_cell", label=label, cell=cells[found], region=region_names[regions[found]])
    named = [(cell, region, region_names[region]) for cell, region in zip(cells, regions, strict=True)]
    draw = partial(_draw_nine_cells, x, y, named, tuple(columns), tuple(rows), axes, label)
    return Figure(draw, caption, f"{caption} {words}")


def _draw_nine_cells(
    x: float,
    y: float,
    cells: Sequence[tuple[str, int, str]],
    columns: Sequence[str],
    rows: Sequence[str],
    axes: tuple[str, str],
    label: str,
) -> bytes:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Rectangle

    found = 3 * _row_of(y) + _row_of(x)
    drawing = Drawing(figsize=(5.9, 5.2))
    plot = drawing.subplots()
    for index, (cell, region, name) in enumerate(cells):
        left, top = 4 - index % 3, 4 - index // 3
        plot.add_patch(
            Rectangle(
                (left, top), -1, -1, facecolor=_REGION_TINTS[region], hatch=_REGION_HATCHES[region], edgecolor="#8C8C8C"
            )
        )
        words = f"{cell}\n{textwrap.fill(name, 16)}"
        # In the half of the cell where the point is not.
        height = 0.76 if index == found and y - (top - 1) >= 0.5 else 0.24
        plot.text(left - 0.5, top - height, _literally(words), ha="center", va="center", fontsize=9, bbox=_PLATE)
    for edge in (2, 3):
        plot.axhline(edge, color="black", linewidth=1)
        plot.axvline(edge, color="black", linewidth=1)
    over = y - (3 - _row_of(y))
    _mark(plot, x, y, label.replace("; ", "\n"), above=over < 0.25 or 0.5 <= over < 0.75)
    plot.set(xlim=(4, 1), ylim=(1, 4), xticks=(4, 3, 2, 1), yticks=(4, 3, 2, 1))
    plot.set_xlabel(_literally(axes[0]), fontsize=9)
    plot.set_ylabel(_literally(axes[1]), fontsize=9)
    for place, (column, row) in enumerate(zip(columns, rows, strict=True)):
        plot.text(3.5 - place, 4.06, _literally(column), ha="center", va="bottom", fontsize=9)
        plot.text(0.94, 3.5 - place, _literally(row), ha="left", va="center", fontsize=9)
    plot.tick_params(labelsize=9)
    return _png(drawing)


def quadrants(
    x: float,
    y: float,
    *,
    names: Sequence[str],
    ends: Sequence[str],
    reach: float | None,
    label: str,
    caption: str,
) -> Figure:
    """Draw an arrow from the origin to a point in one of four named quadrants; its own quadrant is hatched.

    Parameters
    ----------
    x, y : float
    names : sequence of str
        Of the quadrants, counter-clockwise from the upper right.
    ends : sequence of str
        What stands at the ends of the axes: right, top, left, bottom.
    reach : float or None
        How far the axes go either way; None for axes without a scale, which go from -1 to 1.
    label : str
        Stands beside the point.
    caption : str

    Returns
    -------
    Figure
    """
    corners = zip(names, _CORNERS, strict=True)
    inside = next((name for name, (right, up) in corners if x * right > 0 and y * up > 0), "")
    words = say("figure.in_quadrant", label=label, quadrant=inside) if inside else say("figure.on_axis", label=label)
    ticks = {} if reach is None else {each: number(each) for each in (-reach, reach)}
    draw = partial(_draw_quadrants, x, y, tuple(names), tuple(ends), reach or 1, ticks, label)
    return Figure(draw, caption, f"{caption} {words}")


_CORNERS = ((1, 1), (-1, 1), (-1, -1), (1, -1))


def _draw_quadrants(
    x: float,
    y: float,
    names: Sequence[str],
    ends: Sequence[str],
    reach: float,
    ticks: Mapping[float, str],
    label: str,
) -> bytes:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Rectangle

    drawing = Drawing(figsize=(4.9, 4.3))
    plot = drawing.subplots()
    for name, (right, up) in zip(names, _CORNERS, strict=True):
        if x * right > 0 and y * up > 0:
            plot.add_patch(
                Rectangle((0, 0), right * reach, up * reach, facecolor="#F2F2F2", hatch="///", edgecolor="#CCCCCC")
            )
        words = _literally(textwrap.fill(name, 22))
        plot.text(right * reach * 0.55, up * reach * 0.88, words, ha="center", va="center", fontsize=9, bbox=_PLATE)
    plot.axhline(0, color="black", linewidth=1)
    plot.axvline(0, color="black", linewidth=1)
    plot.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 1.4, "shrinkB": 6})
    _mark(plot, x, y, label, above=y >= 0)
    plot.set(xlim=(-reach, reach), ylim=(-reach, reach))
    plot.set_xticks(list(ticks), list(ticks.values()))
    plot.set_yticks(list(ticks), list(ticks.values()))
    plot.tick_params(labelsize=9)
    right_end, top_end, left_end, bottom_end = (_literally(textwrap.fill(end, 14)) for end in ends)
    gap = reach * 1.03
    plot.text(gap, 0, right_end, ha="left", va="center", fontsize=9)
    plot.text(0, gap, top_end, ha="center", va="bottom", fontsize=9)
    plot.text(-gap, 0, left_end, ha="right", va="center", fontsize=9)
    plot.text(0, -gap, bottom_end, ha="center", va="top", fontsize=9)
    return _png(drawing)


def no_figure(caption: str, reason: str) -> Figure:
    """A picture that says why there is nothing to draw."""
    return Figure(partial(_draw_words, reason, 10), caption, f"{caption} {reason}")


def _draw_words(words: str, size: float) -> bytes:
    from matplotlib.figure import Figure as Drawing

    lines = textwrap.wrap(words, 76)
    drawing = Drawing(figsize=(5.9, 0.5 + 0.2 * len(lines)))
    drawing.text(0.02, 0.5, _literally("\n".join(lines)), va="center", fontsize=size, color="#333333")
    return _png(drawing)


_REGION_TINTS = ("#FFFFFF", "#EDEDED", "#DADADA")
_REGION_HATCHES = ("", "..", "//")
_PLATE = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}


def _mark(plot: Axes, x: float, y: float, label: str, *, above: bool) -> None:
    """A black diamond with its label on a white plate."""
    plot.plot([x], [y], marker="D", color="black", markersize=8, markeredgecolor="white", zorder=5, clip_on=False)
    plot.annotate(
        _literally(label),
        (x, y),
        (0, 11 if above else -11),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        fontsize=9,
        fontweight="bold",
        bbox=_PLATE,
        zorder=6,
    )


def _row_of(value: float) -> int:
    """The third of a scale from 4 down to 1 a value stands in; what is 3.0 but for an error of computing is 3.0."""
    exact = round(value, 9)
    return 0 if exact >= 3 else 1 if exact >= 2 else 2


def _empty(caption: str) -> Figure:
    """A picture that says that there is nothing to draw."""
    nothing = say("figure.nothing")
    return Figure(partial(_draw_words, nothing, 11), caption, f"{caption} {nothing}")


def _shortly(name: str) -> str:
    return _literally(textwrap.shorten(name, 44, placeholder="…"))


_NAME = 30
"""How many characters of a row's name stand on a line."""


_MANY = 20
"""With more rows a figure has one line a name, so that it fits on a page."""


def _row_height(names: Sequence[str]) -> float:
    """How high a row is, in inches."""
    if len(names) > _MANY:
        return 0.185
    return 0.32 if any(len(name) > _NAME for name in names) else 0.27


def _row_names(names: Sequence[str]) -> list[str]:
    return [_wrapped(name, 36, 1) if len(names) > _MANY else _wrapped(name, _NAME) for name in names]


def _wrapped(name: str, width: int, most: int = 2) -> str:
    return _literally("\n".join(textwrap.wrap(name, width, max_lines=most, placeholder="…")))


def _literally(name: str) -> str:
    """`name` with its dollar signs marked as such: matplotlib takes what stands between two for a formula."""
    return name.replace("$", r"\$")


def _png(drawing: Drawing) -> bytes:
    picture = io.BytesIO()
    drawing.savefig(picture, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight", metadata={"Software": None})
    return picture.getvalue()


def cumulative_curve(
    new: Sequence[int],
    *,
    labels: Sequence[str],
    base: int,
    base_label: str,
    run: tuple[int, int] | None,
    run_label: str,
    series: tuple[str, str],
    axes: tuple[str, str],
    caption: str,
    words: str,
) -> Figure:
    """Draw what is new at each place as bars and all so far as a line; base and saturated run are hatched and named.

    Parameters
    ----------
    new : sequence of int
    labels : sequence of str
        One name for each place.
    base : int
        How many places, from the first on, make the base.
    base_label, run_label : str
        Stand above the base and the run.
    run : tuple of int or None
        First and last place of the run, from 1.
    series : tuple of str
        What the bars are, and what the line is.
    axes : tuple of str
        What the places are, and what is counted.
    caption : str
    words : str
        What came of it, for the text alternative.

    Returns
    -------
    Figure
    """
    if not any(new):
        return _empty(caption)
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import MaxNLocator

    places = range(1, len(new) + 1)
    total = [sum(new[:place]) for place in places]
    top = total[-1] * 1.3
    drawing = Drawing(figsize=(max(5.6, 1.8 + 0.62 * len(new)), 3.9))
    plot = drawing.subplots()
    _span(plot, 1, min(base, len(new)), top, base_label, "..")
    if run:
        _span(plot, *run, top, run_label, "//")
    bars = plot.bar(places, new, width=0.56, color="#9A9A9A", edgecolor="black", linewidth=0.8, label=series[0])
    # At the first place line and bar are the same: one label says both.
    counts = ["", *map(str, new[1:])]
    plot.bar_label(bars, counts, fontsize=8, padding=1, zorder=5)
    plot.plot(places, total, color="black", linewidth=1.4, marker="o", markersize=5, label=series[1], zorder=4)
    for place, sum_so_far in zip(places, total, strict=True):
        plot.annotate(
            str(sum_so_far),
            (place, sum_so_far),
            (0, 6),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8,
            bbox=_PLATE,
        )
    plot.set(xlim=(0.4, len(new) + 0.6), ylim=(0, top))
    slanted = any(len(name) > 8 for name in labels)
    plot.set_xticks(
        list(places),
        [_literally(textwrap.shorten(name, 24, placeholder="…")) for name in labels],
        rotation=35 if slanted else 0,
        ha="right" if slanted else "center",
    )
    plot.yaxis.set_major_locator(MaxNLocator(integer=True))
    plot.set_xlabel(_literally(axes[0]), fontsize=9)
    plot.set_ylabel(_literally(axes[1]), fontsize=9)
    plot.tick_params(labelsize=9)
    plot.spines[["top", "right"]].set_visible(False)
    plot.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=9)
    steps = [
        f"{name}: {series[0]} {count}, {series[1]} {so_far}"
        for name, count, so_far in zip(labels, new, total, strict=True)
    ]
    return Figure(_png(drawing), caption, f"{caption} {'; '.join(steps)}. {base_label}. {words}")


def _span(plot: Axes, first: int, last: int, top: float, label: str, hatch: str) -> None:
    """A tinted and hatched field from one place to another, with its name at the top."""
    plot.axvspan(first - 0.5, last + 0.5, facecolor="#F2F2F2", edgecolor="#C4C4C4", hatch=hatch, linewidth=0.8)
    plot.text(
        (first + last) / 2, top * 0.96, _literally(label), ha="center", va="top", fontsize=9, bbox=_PLATE, zorder=6
    )


def dots_with_intervals(
    values: Sequence[float | None],
    intervals: Sequence[tuple[float, float] | None],
    beside: Sequence[float | None],
    *,
    rows: Sequence[str],
    series: tuple[str, str],
    interval: str,
    missing: str,
    guides: Sequence[float],
    caption: str,
) -> Figure:
    """Draw a filled dot with its interval in each row, and a hollow diamond for a second figure; black on white.

    Parameters
    ----------
    values : sequence of float or None
        At most 1; None where there is none.
    intervals : sequence of (low, high) or None
    beside : sequence of float or None
    rows : sequence of str
    series : tuple of str
        What the dots are, and what the diamonds are.
    interval : str
        What the lines are.
    missing : str
        Stands in the row of a value that is None.
    guides : sequence of float
        Where dashed lines cross all rows.
    caption : str

    Returns
    -------
    Figure
    """
    known = [each for each in (*values, *beside) if each is not None]
    if not known:
        return _empty(caption)
    from matplotlib.figure import Figure as Drawing

    lows = [each[0] for each in intervals if each is not None]
    left = min(0.0, *known, *lows)
    drawing = Drawing(figsize=(7.4, 1.3 + 0.4 * len(rows)))
    plot = drawing.subplots()
    for guide in guides:
        plot.axvline(guide, color="#8C8C8C", linewidth=0.9, linestyle="--", zorder=1)
        plot.text(guide, -0.75, number(guide), ha="center", va="bottom", fontsize=8)
    plot.hlines(range(len(rows)), left - 0.05, 1.05, color="#E4E4E4", linewidth=0.7, zorder=0)
    drawn = [(place, ends) for place, ends in enumerate(intervals) if ends is not None]
    for place, (low, high) in drawn:
        label = interval if place == drawn[0][0] else None
        plot.plot([low, high], [place, place], color="black", linewidth=1.5, marker="|", markersize=7, label=label)
    dots = {place: each for place, each in enumerate(values) if each is not None}
    plot.plot(list(dots.values()), list(dots), "o", color="black", markersize=6.5, label=series[0], zorder=4)
    # A little below its row: the two are often equal, and neither may hide the other.
    diamonds = {place + 0.27: each for place, each in enumerate(beside) if each is not None}
    plot.plot(
        list(diamonds.values()),
        list(diamonds),
        "D",
        markerfacecolor="white",
        markeredgecolor="black",
        markersize=5.5,
        label=series[1],
        zorder=3,
    )
    for place, each in enumerate(values):
        if each is None:
            plot.text(left, place, missing, ha="left", va="center", fontsize=8, style="italic", bbox=_PLATE, zorder=2)
    plot.set_yticks(range(len(rows)), [_shortly(name) for name in rows])
    plot.set(xlim=(left - 0.05, 1.05), ylim=(len(rows) - 0.4, -0.8))
    ticks = [tick for tick in plot.get_xticks() if left - 0.05 <= tick <= 1.05]
    plot.set_xticks(ticks, [number(round(float(tick), 2)) for tick in ticks])
    plot.tick_params(labelsize=9)
    plot.spines[["top", "right"]].set_visible(False)
    plot.legend(loc="lower center", bbox_to_anchor=(0.4, 1.02), ncols=3, frameon=False, fontsize=9)
    lines = [
        _row_in_words(*row, series, interval, missing) for row in zip(rows, values, intervals, beside, strict=True)
    ]
    return Figure(_png(drawing), caption, f"{caption} {'; '.join(lines)}.")


def _row_in_words(
    name: str,
    value: float | None,
    ends: tuple[float, float] | None,
    beside: float | None,
    series: tuple[str, str],
    interval: str,
    missing: str,
) -> str:
    parts = [f"{series[0]} {missing if value is None else number(round(value, 2))}"]
    if ends is not None:
        parts.append(f"{interval} {number(round(ends[0], 2))} – {number(round(ends[1], 2))}")
    parts += [] if beside is None else [f"{series[1]} {number(round(beside, 2))}"]
    return f"{name}: {', '.join(parts)}"


def bars(values: Sequence[float], *, rows: Sequence[str], axis: str, caption: str) -> Figure:
    """Draw one horizontal bar a row with its number beside it, the first on top; below zero they go left, hatched.

    Parameters
    ----------
    values : sequence of float
    rows : sequence of str
        One name for each value.
    axis : str
        What the numbers are.
    caption : str

    Returns
    -------
    Figure
    """
    if not any(values):
        return _empty(caption)
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(6.8, 1.1 + 0.27 * len(rows)))
    plot = drawing.subplots()
    places = range(len(rows))
    drawn = plot.barh(places, values, height=0.66, color=VALENCE_COLOURS[0], edgecolor="black", linewidth=0.6)
    for bar, value in zip(drawn, values, strict=True):
        if value < 0:
            bar.set(facecolor=VALENCE_COLOURS[3], hatch="///")
    plot.bar_label(drawn, [number(value) for value in values], fontsize=8, padding=3)
    plot.axvline(0, color="black", linewidth=0.9)
    plot.set_yticks(places, [_shortly(name) for name in rows])
    plot.set_ylim(len(rows) - 0.4, -0.6)
    plot.margins(x=0.12)
    ticks = [float(tick) for tick in plot.get_xticks()]
    low, high = plot.get_xlim()
    plot.set_xticks([tick for tick in ticks if low <= tick <= high])
    plot.set_xticklabels([number(round(tick, 6)) for tick in ticks if low <= tick <= high])
    plot.set_xlabel(_literally(axis), fontsize=9)
    plot.tick_params(labelsize=9)
    plot.spines[["top", "right", "left"]].set_visible(False)
    lines = [f"{name} {number(value)}" for name, value in zip(rows, values, strict=True)]
    return Figure(_png(drawing), caption, f"{caption} {axis}: {'; '.join(lines)}.")


CATEGORY_COLOURS = ("#0072B2", "#B35900", "#009E73", "#CC79A7", "#999933", "#882255", "#332288", "#8C564B")
"""For top-level categories: apart for the colour-blind, each 3:1 on white; a shape goes with each."""
# One more shape than colours, so that a pair of both comes again only after 72 categories.
_CATEGORY_SHAPES = ("o", "s", "D", "^", "v", "P", "X", "h", "p")


def network(
    nodes: Sequence[str],
    edges: Sequence[tuple[int, int, int]],
    *,
    groups: Sequence[int],
    group_names: Sequence[str],
    caption: str,
) -> Figure:
    """Draw names on a circle, clockwise from the top, and lines between them, each with its number on it.

    Parameters
    ----------
    nodes : sequence of str
        Names, those of one group one after the other.
    edges : sequence of (int, int, int)
        The places of two nodes, and how often they meet; that is the width of the line, too.
    groups : sequence of int
        For each node the index of its group, which gives it colour and shape; lines within a group have its colour,
        lines between groups are grey.
    group_names : sequence of str
        For the legend.
    caption : str

    Returns
    -------
    Figure
    """
    if not edges:
        return _empty(caption)
    from matplotlib.figure import Figure as Drawing

    places = circle_layout(len(nodes))
    rows = (len(nodes) + 1) // 2
    reach = max(1.6, 0.23 * rows)  # the radius in inches: two lines of small print a row, and air
    drawing = Drawing(figsize=(2 * reach, 2 * reach))
    plot = drawing.add_axes((0, 0, 1, 1))
    plot.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    plot.axis("off")
    numbers: list[tuple[float, float]] = []
    largest = max(count for *_, count in edges)
    for one, other, count in sorted(edges, key=lambda edge: (-edge[2], edge)):
        colour = CATEGORY_COLOURS[groups[one] % 8] if groups[one] == groups[other] else "#8C8C8C"
        curve = _bent(places[one], places[other])
        # Where all meet once or twice, no line is thick.
        width = 0.8 + min(count, 4.2 * count / largest)
        plot.plot(*zip(*curve, strict=True), color=colour, linewidth=width, alpha=0.6, zorder=1)
        numbers.append(_free_place(curve, [*numbers, *places], apart=0.24 / reach))
        plot.text(*numbers[-1], str(count), ha="center", va="center", fontsize=8, bbox=_NUMBER_PLATE, zorder=3)
    for group, name in enumerate(group_names):
        own = [place for place, of in zip(places, groups, strict=True) if of == group]
        shape, colour = _CATEGORY_SHAPES[group % 9], CATEGORY_COLOURS[group % 8]
        plot.plot(
            *zip(*own, strict=True), shape, color=colour, markersize=9, label=_shortly(name), clip_on=False, zorder=4
        )
    for name, (x, y) in zip(nodes, places, strict=True):
        words = _literally("\n".join(textwrap.wrap(name, 24, max_lines=2, placeholder=" …")))
        gap, side = (9, "left") if x >= 0 else (-9, "right")
        plot.annotate(words, (x, y), (gap, 0), textcoords="offset points", ha=side, va="center", fontsize=8.5)
    columns = min(3, len(group_names))
    plot.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=columns, frameon=False, fontsize=8.5)
    lines = [f"{nodes[one]} – {nodes[other]} {count}" for one, other, count in edges]
    return Figure(_png(drawing), caption, f"{caption} {'; '.join(lines)}.")


_NUMBER_PLATE = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.92}


def circle_layout(count: int) -> list[tuple[float, float]]:
    """Places on a circle of radius 1, clockwise from the top, whose heights on either side are evenly apart.

    So names beside them never overlap, which they do at the top and bottom of a circle divided into equal angles.

    Examples
    --------
    >>> [(round(x, 2), y) for x, y in circle_layout(3)]
    [(0.87, 0.5), (0.87, -0.5), (-1.0, 0.0)]
    """
    right = (count + 1) // 2
    down = [1 - (2 * row + 1) / right for row in range(right)]
    up = [(2 * row + 1) / (count - right) - 1 for row in range(count - right)]
    return [((1 - y * y) ** 0.5, y) for y in down] + [(-((1 - y * y) ** 0.5), y) for y in up]


def _bent(one: tuple[float, float], other: tuple[float, float]) -> list[tuple[float, float]]:
    """A line from one point to another that bends towards the middle of the circle."""
    x, y = ((a + b) / 2 * 0.72 for a, b in zip(one, other, strict=True))
    return [
        (
            (1 - t) ** 2 * one[0] + 2 * t * (1 - t) * x + t**2 * other[0],
            (1 - t) ** 2 * one[1] + 2 * t * (1 - t) * y + t**2 * other[1],
        )
        for t in (step / 40 for step in range(41))
    ]


def _free_place(
    curve: Sequence[tuple[float, float]], taken: Sequence[tuple[float, float]], apart: float
) -> tuple[float, float]:
    """The point nearest to the middle of a line that is far enough from what is taken, or the farthest from it."""
    middle = len(curve) // 2
    inner = sorted(range(4, len(curve) - 4), key=lambda at: (abs(at - middle), at))

    def room(at: int) -> float:
        return min(hypot(curve[at][0] - x, curve[at][1] - y) for x, y in taken)

    free = (at for at in inner if room(at) >= apart)
    return curve[next(free, max(inner, key=room))]


CLOUD_WIDTH = 454.0
"""Points: the text of an A4 page with its margins."""
_LARGEST, _SMALLEST = 44.0, 8.0
_CLOUD_INK = 0.5 * CLOUD_WIDTH * 250
_CLOUD_GAP = (9.0, 4.0)


@dataclass(frozen=True)
class CloudWord:
    """A word of a cloud: its size in points, and the box its letters fill, in points from the middle."""

    word: str
    slanted: bool
    size: float
    left: float
    bottom: float
    width: float
    height: float


def word_cloud(words: Sequence[str], counts: Sequence[int], *, slanted: Sequence[bool], caption: str) -> Figure:
    """Draw words, the most frequent largest and in the middle; their area grows with their count.

    Parameters
    ----------
    words : sequence of str
    counts : sequence of int
        One for each word, from 1.
    slanted : sequence of bool
        Which words stand in italics and in another colour.
    caption : str

    Returns
    -------
    Figure
        As wide as the text of an A4 page at most; what would be smaller than 8 points is left out, and the caption
        says how many.
    """
    placed = cloud_layout(words, counts, slanted=slanted)
    if not placed:
        return _empty(caption)
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import PathPatch
    from matplotlib.transforms import Affine2D

    left, bottom = min(each.left for each in placed), min(each.bottom for each in placed)
    width = max(each.left + each.width for each in placed) - left
    height = max(each.bottom + each.height for each in placed) - bottom
    drawing = Drawing(figsize=(width / 72, height / 72))
    plot = drawing.add_axes((0, 0, 1, 1))
    plot.set(xlim=(left, left + width), ylim=(bottom, bottom + height))
    plot.axis("off")
    for each in placed:
        path, (x, y, _, _) = _outline(each.word, each.size, each.slanted)
        colour = CATEGORY_COLOURS[1] if each.slanted else CATEGORY_COLOURS[0]
        moved = Affine2D().translate(each.left - x, each.bottom - y).transform_path(path)
        plot.add_patch(PathPatch(moved, facecolor=colour, linewidth=0, clip_on=False))
    left_out = len(words) - len(placed)
    said = f"{caption} {say('figure.cloud_left_out', count=left_out)}" if left_out else caption
    lines = [f"{word} {count}" for word, count in list(_by_count(words, counts))[: len(placed)]]
    return Figure(_png(drawing), said, f"{said} {'; '.join(lines)}.")


def cloud_layout(words: Sequence[str], counts: Sequence[int], *, slanted: Sequence[bool]) -> list[CloudWord]:
    """Where the words of a cloud stand: nothing by chance, no two boxes overlapping, the commonest first.

    Each word takes the first free place on a spiral from the middle. The places of one spiral are those of a
    sunflower's seeds, which cover the plane evenly (Vogel 1979, Mathematical Biosciences 44, 179-189).

    Parameters
    ----------
    words, counts, slanted
        As for `word_cloud`.
    """
    import numpy as np

    italics = list(slanted)
    order = sorted(range(len(words)), key=lambda at: (-counts[at], words[at]))
    boxes = [_outline(words[at], counts[at] ** 0.5, italics[at])[1] for at in order]
    if not boxes:
        return []
    ink = sum(width * height for _, _, width, height in boxes)
    scale = min(
        _LARGEST / counts[order[0]] ** 0.5,
        (_CLOUD_INK / ink) ** 0.5,
        *(CLOUD_WIDTH / width for _, _, width, _ in boxes),
    )
    seeds = np.arange(40_000)
    turns = seeds * (np.pi * (3 - 5**0.5))
    spiral = 2.2 * np.sqrt(seeds)[:, None] * np.column_stack((1.5 * np.cos(turns), np.sin(turns)))
    placed: list[CloudWord] = []
    for at, (_, _, width, height) in zip(order, boxes, strict=True):
        size = scale * counts[at] ** 0.5
        if size < _SMALLEST:
            break
        width, height = width * scale, height * scale
        free = np.abs(spiral[:, 0]) <= (CLOUD_WIDTH - width) / 2 + 1e-9
        for other in placed:
            apart = np.abs(spiral - (other.left + other.width / 2, other.bottom + other.height / 2))
            beside = apart[:, 0] >= (width + other.width) / 2 + _CLOUD_GAP[0]
            free &= beside | (apart[:, 1] >= (height + other.height) / 2 + _CLOUD_GAP[1])
        if free.any():
            x, y = (float(each) for each in spiral[int(np.argmax(free))])
        else:  # the spiral has an end, the page goes on
            x, y = 0.0, min(other.bottom for other in placed) - _CLOUD_GAP[1] - height / 2
        placed.append(CloudWord(words[at], italics[at], size, x - width / 2, y - height / 2, width, height))
    return placed


def _by_count(words: Sequence[str], counts: Sequence[int]) -> list[tuple[str, int]]:
    return sorted(zip(words, counts, strict=True), key=lambda each: (-each[1], each[0]))


def _outline(word: str, size: float, slanted: bool) -> tuple[TextPath, tuple[float, float, float, float]]:
    """The letters of a word as drawn at a size in points, and their box: left, bottom, width, height."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), _literally(word), size=size, prop=FontProperties(style="italic" if slanted else "normal"))
    box = path.get_extents()
    return path, (float(box.x0), float(box.y0), float(box.width), float(box.height))
