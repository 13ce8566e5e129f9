"""Reliability of a project's codings: who agrees with whom on which code, on how much text, and where they differ."""

from qualcode.analysis.reliability.differences import Disagreements
from qualcode.analysis.reliability.report import Reliability, agree

__all__ = ["Disagreements", "Reliability", "agree"]
