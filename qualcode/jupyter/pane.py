"""The coding pane in a notebook: a thin widget around a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread, Timer
from typing import Any

import anywidget
import traitlets
from IPython.display import display, update_display

from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.errors import ParameterError, UnreadableFileError
from qualcode.jupyter.bundling import BUILT, is_built
from qualcode.jupyter.commands import SLOW, Sitting
from qualcode.jupyter.snapshot import caption, snapshot_html, withheld_html
from qualcode.project import Project
from qualcode.text.document import Document

SNAPSHOTS = ("short", "none")
CALM = 1.5
"""How many seconds nothing must change before the snapshot in the notebook follows."""

STATE = ("document", "codes", "codings", "pane", "comments")


class Pane(anywidget.AnyWidget):
    """A document with its codings, to read and to code in the notebook.

    Everything is stored at once and by the project's own methods; the page only asks. What it shows is computed when it
    is asked for, so that a page loaded again sees what is true then.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    document = traitlets.Dict().tag(sync=True, to_json=lambda _, pane: pane.text())
    codes: traitlets.List[Any] = traitlets.List().tag(sync=True, to_json=lambda _, pane: pane.sitting.codes())
    codings: traitlets.List[Any] = traitlets.List().tag(
        sync=True, to_json=lambda _, pane: pane.sitting.codings() if pane.met else []
    )
    pane = traitlets.Dict().tag(sync=True, to_json=lambda _, pane: pane.state())
    comments: traitlets.List[Any] = traitlets.List().tag(
        sync=True, to_json=lambda _, pane: pane.sitting.comments() if pane.met else []
    )

    def __init__(self, sitting: Sitting, *, snapshot: str = SNAPSHOTS[0]) -> None:
        self.sitting = sitting
        self.snapshot = snapshot
        # Batch runs store what a widget says when it opens. A confidential text waits until a page asks for it.
        self.met = snapshot != "none"
        self._shown: str | None = None
        self._timer: Timer | None = None
        self._comments_seen = sitting.comments_seen()
        page, look = ((BUILT / name).read_text("utf-8") for name in ("pane.js", "pane.css"))
        super().__init__(_esm=page, _css=look)
        self.on_msg(self._on_message)

    def text(self) -> dict[str, Any]:
        """The trait `document`."""
        told = self.sitting.document_now()
        return told if self.met else {**told, "text": "", "text_id": "", "units": []}

    def state(self) -> dict[str, Any]:
        """The trait `pane`."""
        return {**self.sitting.pane(), "snapshot": self.snapshot}

    # Messages

    def _on_message(self, _: object, content: object, buffers: object) -> None:
        if not isinstance(content, dict) or content.get("kind") != "command":
            return
        if content.get("name") in SLOW:
            Thread(target=self.answer, args=(content,), daemon=True).start()
        else:
            self.answer(content)

    def answer(self, command: dict[str, Any]) -> None:
        """Do a command and send its reply."""
        if command.get("name") in SLOW:
            self.send(self.sitting.handle(command))
            return
        with self.sitting.lock:  # patches go out in the order in which they came about
            was_stale = self.sitting.stale
            reply = self.sitting.handle(command)
            fresh = reply.pop("refresh", False) or not self.met
            self.met = True
            commented = self.sitting.comments_seen()
            if fresh:
                self.send_state(list(STATE))
            elif commented != self._comments_seen:
                self.send_state(["comments"])
            self._comments_seen = commented
            self.send(reply)
            if self.sitting.stale and not was_stale:
                self.send({"kind": "changed_text"})
        if fresh or "codings" in reply.get("patch", {}):
            self._follow()

    # What stays in the notebook

    def html(self) -> str:
        """The pane as it stands, without a script."""
        sitting = self.sitting
        told = withheld_html if self.snapshot == "none" else snapshot_html
        return told(sitting.document, sitting.codebook, sitting.placed())

    def _bundle(self) -> dict[str, str]:
        sitting = self.sitting
        return {"text/html": self.html(), "text/plain": caption(sitting.document, sitting.codebook, sitting.placed())}

    def _ipython_display_(self) -> None:
        """Show two outputs: one that stays true in the file, and one that is alive."""
        shown = display(self._bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        self._shown = shown.display_id if shown is not None else None
        live = self._repr_mimebundle_()
        if live is not None:
            display(live[0], metadata=live[1], raw=True)  # type: ignore[no-untyped-call]

    def _follow(self) -> None:
        """Let the snapshot follow when nothing has changed for a moment."""
        if self._shown is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = Timer(CALM, self.refresh)
        self._timer.daemon = True
        self._timer.start()

    def refresh(self) -> None:
        """Bring the snapshot in the notebook up to what is true now."""
        if self._shown is not None:
            update_display(self._bundle(), raw=True, display_id=self._shown)  # type: ignore[no-untyped-call]


def code_with(
    project: Project,
    case: Case | str,
    document: Document | str,
    codebook: Codebook | str,
    coder: str | None = None,
    *,
    round: int = 1,
    blind: bool = False,
    compare: Sequence[str] = (),
    readonly: bool = False,
    reviewer: str | None = None,
    snapshot: str = SNAPSHOTS[0],
) -> Pane:
    """Open a document in the coding pane: read it in the notebook, mark words, give them codes.

    Every coding is on the disk before the pane says that it is saved; closing the notebook loses nothing.

    Parameters
    ----------
    project : Project
    case : Case or str
    document : Document or str
    codebook : Codebook or str
        Objects or their ids.
    coder : str, optional
        Who codes. Without it, or with `readonly`, the pane only shows.
    round : int
        The round of coding, from 1.
    blind : bool
        Keep the codings of all others out of sight, for a second coder.
    compare : sequence of str
        Two coders to show beside each other.
    readonly : bool
        Only show, for a supervisor.
    reviewer : str, optional
        In whose name comments on passages are made, in a pane that only shows, too. Default: the coder.
    snapshot : str
        What stays in the saved notebook beside the pane: ``"short"`` (the first 80 units with their codings) or
        ``"none"`` (one sentence, for confidential texts).

    Returns
    -------
    Pane
        The last line of a cell shows it.

    Raises
    ------
    UnknownNameError
        When there is no such case, document, codebook or coder.
    ParameterError
        When the options do not go together.
    UnreadableFileError
        When the pane's page was not built; the mend says how.

    Examples
    --------
    ::

        qc.code_with(project, "bandung", "ahli-humas", "stoc", coder="ana")
    """
    if not is_built():
        raise UnreadableFileError.of("pane_not_built", "qualcode/jupyter/static")
    if snapshot not in SNAPSHOTS:
        raise ParameterError.of("pane_snapshot", "snapshot", snapshot=snapshot, known=", ".join(SNAPSHOTS))
    home, text, book = (each if isinstance(each, str) else each.id for each in (case, document, codebook))
    sitting = Sitting(
        project,
        home,
        text,
        book,
        coder,
        round=round,
        blind=blind,
        compare=tuple(compare),
        readonly=readonly,
        reviewer=reviewer,
    )
    return Pane(sitting, snapshot=snapshot)
