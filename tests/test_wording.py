"""The catalogue: complete in both languages, and exactly what the code asks for."""

import ast
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core.core_schema import ErrorType

from qualcode.analysis.matrix import By
from qualcode.coding.valence import Valence
from qualcode.wording import LANGUAGES, catalogue, language_in_use, number, say, texts, use_language

PACKAGE = Path(__file__).parents[1] / "qualcode"
WORD = r"[^.]+"


def leaves(entry: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every key of the catalogue with its texts; a leaf is what holds no further tables."""
    for key, value in entry.items():
        if any(isinstance(part, dict) for part in value.values()):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


KEYS = dict(leaves(catalogue()))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def patterns(node: ast.expr, module: ast.Module) -> list[str]:
    """Regular expressions for the strings a literal, an f-string or a variable of literals may hold."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(re.escape(part.value) if isinstance(part, ast.Constant) else WORD for part in node.values)]
    if isinstance(node, ast.Name):
        assigned = [each for each in ast.walk(module) if isinstance(each, ast.Assign)]
        values = [each.value for each in assigned if ast.unparse(each.targets[0]) == node.id]
        literals = [each for value in values for each in ast.walk(value) if isinstance(each, ast.Constant)]
        return [key for each in literals for key in patterns(each, module)]
    return []


def asked_for(call: ast.Call, module: ast.Module) -> list[str]:
    """The keys a call asks the catalogue for, as regular expressions."""
    owner, _, name = ast.unparse(call.func).rpartition(".")
    keys = patterns(call.args[0], module) if call.args else []
    if name in ("say", "texts"):
        return keys
    if name == "among":
        return [rf"kind\.{key}" for key in keys]
    if name == "of" and (owner in ("Problem", "cls") or owner.endswith("Error")):
        return [rf"problem\.{key}\.{part}" for key in keys for part in ("what", "mend")]
    return []


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every place in the library that asks for a text: file and line, the call, and the key."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(module):
            for key in asked_for(node, module) if isinstance(node, ast.Call) else ():
                # errors.py words what others ask it for: its own families would hide every unused key.
                if path.name != "errors.py" or WORD not in key:
                    yield f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}", node, key


CALLS = list(calls())


def test_the_code_does_ask_for_texts() -> None:
    """The tests of this file see the calls they are about."""
    asked = {key for _, _, key in CALLS}
    assert {r"problem\.not_utf8\.what", r"kind\.document", r"matrix\.caption", rf"by\.{WORD}"} <= asked


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_with_the_same_placeholders(key: str) -> None:
    """Every text is there in Indonesian and in English, and both have the same places to fill."""
    entry = KEYS[key]
    assert set(entry) == set(LANGUAGES)
    assert all(text.strip() for text in entry.values())
    assert placeholders(entry["id"]) == placeholders(entry["en"])
    assert all(re.fullmatch(r"[a-z_]+", name) for name in placeholders(entry["id"]))


def test_every_text_the_code_asks_for_is_there() -> None:
    """No key is asked for that the catalogue lacks."""
    missing = [f"{place} {key}" for place, _, key in CALLS if not any(re.fullmatch(key, each) for each in KEYS)]
    assert not missing


def test_every_text_is_asked_for() -> None:
    """No key stands in the catalogue that no code asks for."""
    used = re.compile("|".join({key for _, _, key in CALLS}))
    assert not [key for key in KEYS if not used.fullmatch(key)]


def test_every_placeholder_is_filled() -> None:
    """A call that names its key outright gives a value for each placeholder; `texts` leaves them to its caller."""
    for place, call, key in CALLS:
        filled = {keyword.arg for keyword in call.keywords}
        name = key.replace("\\", "")
        if name in KEYS and None not in filled and ast.unparse(call.func) != "texts":
            assert placeholders(KEYS[name]["id"]) <= filled, f"{place} {name}"


def test_record_problems_are_complaints_pydantic_knows() -> None:
    """Each wording for a fault in a record belongs to a complaint of pydantic's, or to a family of them."""
    types = set(get_args(ErrorType))
    known = types | {each.partition("_")[0] for each in types} | {"value"}
    worded = {name.removeprefix("record_") for name in catalogue()["problem"] if name.startswith("record_")}
    assert worded - {"too_large"} <= known


@pytest.mark.parametrize(
    ("family", "members"),
    [("valence", set(Valence)), ("by", set(By))],
    ids=["valence", "by"],
)
def test_every_member_of_a_vocabulary_has_its_words(family: str, members: set[str]) -> None:
    """Each valence and each axis of a matrix is worded, and nothing else is."""
    assert set(catalogue()[family]) == {str(member) for member in members}


def test_the_language_is_indonesian_until_another_is_chosen() -> None:
    """Texts are Indonesian by default and English once asked for."""
    assert (language_in_use(), say("valence.mendukung")) == ("id", "mendukung")
    use_language("en")
    assert (language_in_use(), say("valence.mendukung")) == ("en", "supports")


def test_the_language_holds_in_every_thread() -> None:
    """A language once chosen is the language of everything that is said from then on, in other threads, too."""
    use_language("en")
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(say("valence.mendukung")))
    thread.start()
    thread.join()
    assert said == ["supports"]


@pytest.mark.parametrize("language", ["", "ID", "jv", "english"])
def test_an_unknown_language_is_refused(language: str) -> None:
    """A language that is not there is refused, naming those that are, and the one in use stays."""
    with pytest.raises(ValueError, match=r"id \| en"):
        use_language(language)
    assert language_in_use() == "id"


def test_an_unknown_key_is_refused() -> None:
    """A text that is not in the catalogue is an error, never an empty string."""
    with pytest.raises(KeyError):
        texts("problem.no_such_thing.what")


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (0, "0", "0"),
        (100, "100", "100"),
        (129000, "129.000", "129,000"),
        (600_000_000, "600.000.000", "600,000,000"),
        (28.9, "28,9", "28.9"),
        (-1234.5, "-1.234,5", "-1,234.5"),
        (0.1 + 0.2, "0,3", "0.3"),
    ],
)
def test_numbers_as_each_language_writes_them(value: float, indonesian: str, english: str) -> None:
    """Indonesian separates thousands with dots and decimals with a comma; English the other way round."""
    assert number(value) == indonesian
    use_language("en")
    assert number(value) == english


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_keep_every_digit(value: int) -> None:
    """Taking the separators off a written whole number gives the number back."""
    assert int(number(value).replace(".", "")) == value
