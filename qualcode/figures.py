"""Numbers in, pictures out, each with a caption and a text alternative; knows no other room.

Pictures are drawn without a screen and carry no date, so that the same numbers always give the same bytes.
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from qualcode.wording import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

DOTS_PER_INCH = 150
# Colours that stay apart for the colour-blind and, but for the grey of mere description, reach 3:1 on white.
VALENCE_COLOURS = ("#0072B2", "#B35900", "#999933", "#B8B8B8")
VALENCE_HATCHES = ("", "///", "xx", "")


@dataclass(frozen=True)
class Figure:
    """A picture with its caption and, for who cannot see it, what it shows in words.

    Attributes
    ----------
    png : bytes
    caption, alt : str
    """

    png: bytes
    caption: str
    alt: str

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
    import numpy as np
    import seaborn as sns
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(3.4 + 0.62 * len(columns), 1.5 + 0.42 * len(rows)))
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
        xticklabels=[_literally(textwrap.fill(name, 16)) for name in columns],
        yticklabels=[_shortly(name) for name in rows],
        ax=axes,
    )
    axes.tick_params(length=0, labelsize=9)
    axes.set_yticklabels(axes.get_yticklabels(), rotation=0)
    long_names = any(len(name) > 8 for name in columns)
    axes.set_xticklabels(
        axes.get_xticklabels(), rotation=35 if long_names else 0, ha="right" if long_names else "center"
    )
    lines = [
        f"{row}: " + ", ".join(f"{column} {count}" for column, count in zip(columns, found, strict=True) if count)
        for row, found in zip(rows, counts, strict=True)
        if any(found)
    ]
    return Figure(_png(drawing), caption, f"{caption} " + "; ".join(lines) + ".")


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
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import MaxNLocator

    drawing = Drawing(figsize=(7.6, 1.5 + 0.36 * len(rows)))
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
    axes.set_yticks(positions, [_shortly(name) for name in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(say("figure.voices"), fontsize=9)
    axes.tick_params(labelsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize=9)
    lines = [
        f"{row}: " + ", ".join(f"{name} {count}" for name, count in zip(series, found, strict=True) if count)
        for row, found in zip(rows, counts, strict=True)
        if any(found)
    ]
    return Figure(_png(drawing), caption, f"{caption} " + "; ".join(lines) + ".")


def _empty(caption: str) -> Figure:
    """A picture that says that there is nothing to draw."""
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(6.4, 0.9))
    nothing = say("figure.nothing")
    drawing.text(0.02, 0.5, nothing, va="center", fontsize=11, color="#444444")
    return Figure(_png(drawing), caption, f"{caption} {nothing}")


def _shortly(name: str) -> str:
    return _literally(textwrap.shorten(name, 44, placeholder="…"))


def _literally(name: str) -> str:
    """`name` with its dollar signs marked as such: matplotlib takes what stands between two for a formula."""
    return name.replace("$", r"\$")


def _png(drawing: Drawing) -> bytes:
    picture = io.BytesIO()
    drawing.savefig(picture, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight", metadata={"Software": None})
    return picture.getvalue()
