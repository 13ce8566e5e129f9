"""Errors say where, what and the mend, in two lines, and are kin of the built-in ones."""

import copy
import inspect
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from qualcode import errors
from qualcode.errors import CheckError, CodingError, Problem, QualcodeError, Undefined, UnknownNameError
from qualcode.wording import use_language

KINDS = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, QualcodeError)]
PROBLEM = Problem("corpus/a.md:3", "Tanggal salah.", "Tulis 2025-03-12.")


def made(kind: type[QualcodeError]) -> QualcodeError:
    return CheckError([PROBLEM]) if kind is CheckError else kind(PROBLEM)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    """The module's docstring draws every error with the built-in error it is kin of."""
    drawn = dict(re.findall(r"[├└]── (\w+)(?: +\((\w+)\))?", errors.__doc__ or ""))
    assert set(drawn) == {kind.__name__ for kind in KINDS} - {"QualcodeError"}
    for name, kin in drawn.items():
        kind = getattr(errors, name)
        builtin = [base.__name__ for base in kind.__bases__ if base is not QualcodeError]
        assert builtin == ([kin] if kin else [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_holds_its_problem(kind: type[QualcodeError]) -> None:
    """An error's text is its problem: place, what is wrong, and the mend."""
    error = made(kind)
    assert error.problem == PROBLEM
    assert str(error) == "corpus/a.md:3: Tanggal salah. Perbaikan: Tulis 2025-03-12."


@pytest.mark.parametrize("kind", KINDS)
def test_errors_travel(kind: type[QualcodeError]) -> None:
    """An error that is copied, or pickled by another process, says what it said before."""
    error = made(kind)
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is kind
        assert (str(twin), twin.problem) == (str(error), error.problem)


def test_two_lines_in_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notebook shows an error as two lines, place first, and no traceback."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.push({"error": CodingError(PROBLEM)})
    shell.run_cell("raise error", store_history=False)
    shown = capsys.readouterr()
    lines = (shown.out + shown.err).strip().splitlines()
    assert lines == ["corpus/a.md:3: Tanggal salah.", "Perbaikan: Tulis 2025-03-12."]


def test_the_mend_is_worded_in_the_language_in_use() -> None:
    """The words between problem and mend follow the language."""
    use_language("en")
    assert str(PROBLEM) == "corpus/a.md:3: Tanggal salah. Mend: Tulis 2025-03-12."


def test_values_are_quoted_not_interpreted() -> None:
    """Braces in a user's text stand in the message as they were written."""
    problem = Problem.of("duplicate_key", "a.yaml:1", key="{key} {0.__class__} %s")
    assert "“{key} {0.__class__} %s”" in problem.what


def test_problems_sort_by_line_number() -> None:
    """Line 9 comes before line 10, and document w-i2 before w-i10."""
    places = ["w-i2.md:9", "w-i2.md:10", "w-i2.md:100", "w-i10.md:1", "x.md"]
    problems = [Problem(place, "", "") for place in places]
    backwards = problems[::-1]
    assert sorted(backwards) == problems


@given(st.lists(st.builds(Problem, st.text(max_size=8), st.text(max_size=3), st.just("")), max_size=8))
def test_any_problems_can_be_sorted(problems: list[Problem]) -> None:
    """Sorting problems never fails and does not depend on their order."""
    backwards = problems[::-1]
    assert sorted(problems) == sorted(backwards)


def test_a_check_error_carries_every_problem_once() -> None:
    """All problems of a check stand in the error, each once, one a line, sorted by place."""
    first, second = Problem("a.md:9", "Satu.", "X."), Problem("a.md:10", "Dua.", "Y.")
    error = CheckError([second, first, second])
    assert error.problems == (first, second)
    assert error.problem == first
    assert str(error).splitlines() == [str(first), str(second)] == error._render_traceback_()


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("KHN-OPN", "KHN-OPE"), ("khn-ope", "KHN-OPE"), ("KHNOPE", "KHN-OPE"), ("mea", "KHN-MEA")],
)
def test_an_unknown_name_names_the_nearest(asked: str, nearest: str) -> None:
    """A slip of the pen, or of the shift key, is answered with the name that was meant."""
    error = UnknownNameError.among("code", asked, ["KHN-MEA", "KHN-OPE"], place="stoc")
    assert error.problem.place == "stoc"
    assert asked in error.problem.what
    assert f"Maksud Anda {nearest}?" in error.problem.mend
    assert "KHN-MEA, KHN-OPE" in error.problem.mend


def test_no_guess_where_nothing_is_near() -> None:
    """Where no name is similar, none is suggested; the names there are stand in the message all the same."""
    mend = UnknownNameError.among("case", "xyz", ["bandung"], place="corpus").problem.mend
    assert "Maksud Anda" not in mend
    assert "bandung" in mend


def test_many_names_are_cut_and_none_are_a_dash() -> None:
    """Twelve names are listed at most, with a sign that there are more; a dash stands for none."""
    many = UnknownNameError.among("case", "?", [f"c{n:02}" for n in range(13)], place="corpus").problem.mend
    assert "c11" in many
    assert "c12" not in many
    assert "…" in many
    assert "–" in UnknownNameError.among("case", "?", [], place="corpus").problem.mend


def test_undefined_prints_its_reason() -> None:
    """A result that cannot be computed shows why, where its value would stand."""
    assert f"{Undefined('tidak ada data')}" == "tidak ada data"
