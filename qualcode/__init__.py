"""qualcode: qualitative research in plain text, from transcript to results chapter.

Everything a notebook needs stands here::

    import qualcode as qc
    project = qc.open_project()
    case = project.case("bandung")
    qc.stoc(case)

The names are listed in ``__init__.pyi``; each is imported when it is first asked for, so that the import stays light.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
