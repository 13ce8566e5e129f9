"""Where the codings of one document stand, of all coders with one codebook, kept up with the journals as they grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qualcode.coding.following import FollowedJournal
from qualcode.coding.journal import Apply
from qualcode.project.layout import CODINGS, CORPUS, files, place
from qualcode.project.reading import DocumentReading, Placed, Shelf
from qualcode.text.document import Document


@dataclass
class Placements:
    """The codings of a document as it is; a coding is placed once and again only when it changes.

    Attributes
    ----------
    root : Path
    document : Document
    shelf : Shelf
    codebook : str
    followed : callable
        From a path to the journal that is followed there.
    """

    root: Path
    document: Document
    shelf: Shelf
    codebook: str
    followed: Callable[[Path], FollowedJournal]
    _known: dict[str, tuple[Apply, Placed]] = field(default_factory=dict, repr=False)

    def now(self) -> dict[str, Placed]:
        """The codings that stand now, by id, in the order of coders and time.

        Raises
        ------
        OSError
            When a journal cannot be read.
        """
        codebook = self.shelf.usable[self.codebook]
        found: dict[str, tuple[Apply, Placed]] = {}
        for path in files(self.root / CORPUS / self.document.case / CODINGS, f"{self.codebook}.*.jsonl"):
            standing = self.followed(path).on(self.document.id)
            fresh = [event for event in standing if not self._is_known(event)]
            if fresh:
                reading = DocumentReading(self.root, self.document, self.shelf)
                placed = reading.placed(fresh, codebook, path, partial(_where, place(self.root, path)))
                self._known |= {each.event.id: (each.event, each) for each in placed}
            found |= {event.id: self._known[event.id] for event in standing}
        self._known = found
        return {id: placed for id, (_, placed) in found.items()}

    def _is_known(self, event: Apply) -> bool:
        known = self._known.get(event.id)
        return known is not None and (known[0] is event or known[0] == event)


def _where(journal: str, event: Apply) -> str:
    return f"{journal} {event.id}"
