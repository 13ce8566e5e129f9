"""The desk: a project's folder, and everything that is done with it as a whole."""

from qualcode.project.desk import Project, open_project
from qualcode.project.founding import init_project
from qualcode.project.layout import CODEBOOKS, CODINGS, CORPUS, NOTEBOOKS, REPORTS

__all__ = ["CODEBOOKS", "CODINGS", "CORPUS", "NOTEBOOKS", "REPORTS", "Project", "init_project", "open_project"]
