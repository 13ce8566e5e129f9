"""qualcode: qualitative research in plain text, from transcript to results chapter.

Everything a notebook needs stands here::

    import qualcode as qc
    project = qc.open_project()
    case = project.case("bandung")
    qc.stoc(case)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qualcode.analysis.matrix import By, Matrix, matrix
    from qualcode.analysis.overview import overview
    from qualcode.coding.case import Case, Informant
    from qualcode.coding.codebook import Code, Codebook
    from qualcode.coding.codings import Coding, Codings
    from qualcode.coding.valence import Valence
    from qualcode.display import Cell, Passages, Prose, Table
    from qualcode.errors import (
        CheckError,
        CodingError,
        ParameterError,
        Problem,
        ProjectNotFoundError,
        QualcodeError,
        TooLittleDataError,
        Undefined,
        UnknownNameError,
        UnreadableFileError,
    )
    from qualcode.frameworks.david import david
    from qualcode.frameworks.paramitha import paramitha
    from qualcode.frameworks.sheet import Sheet
    from qualcode.frameworks.stoc import stoc
    from qualcode.project import Project, init_project, open_project
    from qualcode.text.document import Document, Kind, Role, Segment, Technique, Turn
    from qualcode.wording import use_language

# Where each name of the front door lives. It is opened when it is asked for, so that `import qualcode` stays light.
_ROOMS = {
    "analysis.matrix": ["By", "Matrix", "matrix"],
    "analysis.overview": ["overview"],
    "coding.case": ["Case", "Informant"],
    "coding.codebook": ["Code", "Codebook"],
    "coding.codings": ["Coding", "Codings"],
    "coding.valence": ["Valence"],
    "display": ["Cell", "Passages", "Prose", "Table"],
    "errors": [
        "CheckError",
        "CodingError",
        "ParameterError",
        "Problem",
        "ProjectNotFoundError",
        "QualcodeError",
        "TooLittleDataError",
        "Undefined",
        "UnknownNameError",
        "UnreadableFileError",
    ],
    "frameworks.david": ["david"],
    "frameworks.paramitha": ["paramitha"],
    "frameworks.sheet": ["Sheet"],
    "frameworks.stoc": ["stoc"],
    "project": ["Project", "init_project", "open_project"],
    "text.document": ["Document", "Kind", "Role", "Segment", "Technique", "Turn"],
    "wording": ["use_language"],
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'qualcode' has no attribute {name!r}")
    value = getattr(import_module(f"qualcode.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
