"""An executed notebook as one self-contained HTML page: code hidden but at hand, a table of contents, no network."""

from __future__ import annotations

from html import escape
from importlib.resources import as_file, files
from typing import Any, NamedTuple
from urllib.parse import quote

import nbformat
from bs4 import BeautifulSoup
from jinja2.utils import pass_context
from nbconvert import HTMLExporter
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

from qualcode.reports.index import title_of
from qualcode.reports.look import STYLE
from qualcode.wording import texts

CONTENTS = '<ol id="daftar-isi"></ol>'
"""What the template leaves for the table of contents."""


class Heading(NamedTuple):
    """A heading of the page, for the table of contents."""

    level: int
    text: str
    anchor: str


def page(notebook: nbformat.NotebookNode, *, language: str = "id", evidence: str = "") -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.
    language : str
        ``"id"`` or ``"en"``: the page's ``lang`` and the words of its frame.
    evidence : str
        The evidence file as the page's foot links to it, relative to the page. Default: none.

    Returns
    -------
    str
        Complete HTML: styles and pictures inside, no scripts, no links to other files but the evidence file.
    """
    labels = _labels(notebook, language)
    resources = {
        "title": " · ".join([title_of(notebook), *labels]),
        "words": _words(language),
        "style": STYLE,
        "labels": labels,
        "evidence": quote(evidence),
        "stopped": notebook.metadata.get("qualcode", {}).get("stopped", ""),
    }
    with as_file(files("qualcode.reports").joinpath("templates")) as templates:
        exporter = _Exporter(
            extra_template_basedirs=[str(templates)],
            template_name="page",
            language_code=language,
            embed_images=True,
        )
        body, _ = exporter.from_notebook_node(notebook, resources)
    return str(body).replace(CONTENTS, _contents(exporter.headings), 1)


class _Exporter(HTMLExporter):
    """nbconvert's exporter, which notes the headings of the prose.

    nbconvert would read the whole page again, to name pictures without words and to let the keyboard reach what our
    template does not have; with tables that open to their quotations this is most of the work.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.headings: list[Heading] = []

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        told = {"notebook_metadata": self._nb_metadata, "parent": self, "resources": resources}
        known = WidgetsDataTypeFilter(**told)  # type: ignore[no-untyped-call]
        self.register_filter("filter_data_type", known)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        prose = BeautifulSoup(super().markdown2html(context, source), "html.parser")
        for tag in prose.find_all(["h1", "h2", "h3"]):
            for link in tag.find_all("a", class_="anchor-link"):
                link.decompose()
            self.headings.append(Heading(int(tag.name[1]), tag.get_text().strip(), str(tag.get("id", ""))))
        return str(prose)


def _contents(headings: list[Heading]) -> str:
    items = (
        f'<li><a href="#{escape(heading.anchor)}">{escape(heading.text)}</a></li>'
        for heading in headings
        if heading.level == 2 and heading.anchor
    )
    return CONTENTS.replace("></", f">{''.join(items)}</")


def _words(language: str) -> dict[str, str]:
    keys = ("contents", "show_code", "to_top", "made_with", "error", "stopped", "evidence")
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
