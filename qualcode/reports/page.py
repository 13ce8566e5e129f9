"""An executed notebook as one self-contained HTML page: code hidden but at hand, a table of contents, no network."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files

import nbformat
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from qualcode.reports.look import STYLE
from qualcode.wording import texts


@dataclass(frozen=True)
class Heading:
    """A heading of the page, for the table of contents."""

    level: int
    text: str
    anchor: str


def page(notebook: nbformat.NotebookNode, *, language: str = "id") -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    language : str
        ``"id"`` or ``"en"``: the page's ``lang`` and the words of its frame.

    Returns
    -------
    str
        Complete HTML: styles and pictures inside, no scripts, no links to other files.
    """
    body = _converted(notebook, language)
    soup = BeautifulSoup(body, "html.parser")
    if soup.title:
        labels = _labels(notebook, language)
        soup.title.string = " · ".join([title_of(notebook), *labels])
    return _with_contents(soup, _headings(soup))


def _converted(notebook: nbformat.NotebookNode, language: str) -> str:
    with as_file(files("qualcode.reports").joinpath("templates")) as templates:
        exporter = HTMLExporter(  # type: ignore[no-untyped-call]
            extra_template_basedirs=[str(templates)],
            template_name="page",
            language_code=language,
            embed_images=True,
        )
        body, _ = exporter.from_notebook_node(
            notebook,
            resources={
                "words": _words(language),
                "style": STYLE,
                "labels": _labels(notebook, language),
            },
        )
    return str(body)


def _words(language: str) -> dict[str, str]:
    keys = ("contents", "show_code", "to_top", "made_with", "error")
    return {key: texts(f"page.{key}")[language] for key in keys}


def _labels(notebook: nbformat.NotebookNode, language: str) -> list[str]:
    """On what the notebook was run: its case and whose codings, in words."""
    parameters = notebook.metadata.get("qualcode", {}).get("parameters", {})
    if not parameters:
        return []
    main_coder = texts("page.main_coder")[language]
    return [
        texts("page.case")[language].format(case=parameters["case"]),
        texts("page.coder")[language].format(coder=parameters["coder"] or main_coder),
    ]


def title_of(notebook: nbformat.NotebookNode) -> str:
    """The notebook's title: its first heading."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), "qualcode")


def _headings(soup: BeautifulSoup) -> list[Heading]:
    found = []
    for tag in soup.find_all(["h1", "h2", "h3"]):
        for link in tag.find_all("a", class_="anchor-link"):
            link.decompose()
        found.append(Heading(int(tag.name[1]), tag.get_text().strip(), str(tag.get("id", ""))))
    return found


def _with_contents(soup: BeautifulSoup, headings: list[Heading]) -> str:
    """The page with its table of contents where the template left room for it."""
    contents = soup.find("ol", id="daftar-isi")
    if contents:
        for heading in headings:
            if heading.level == 2 and heading.anchor:
                item = soup.new_tag("li")
                link = soup.new_tag("a", href=f"#{heading.anchor}")
                link.string = heading.text
                item.append(link)
                contents.append(item)
    return str(soup)
