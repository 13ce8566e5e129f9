"""The one catalogue of what users read, in Indonesian and in English.

The texts stand in `wording.toml` beside this file: one entry a key, each with `id` and `en`. Code asks for them by
key, so that no other module decides between languages.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("id", "en")
_language = "id"


def use_language(language: str) -> None:
    """Choose the language of everything qualcode says from now on: ``"id"`` (default) or ``"en"``.

    Raises
    ------
    ValueError
        When the language is neither.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language={language!r}: pilih/choose {' | '.join(LANGUAGES)}")
    # One language for the whole process: threads and awaiting notebook cells must not fall back to the default.
    global _language
    _language = language


def language_in_use() -> str:
    """The language chosen by `use_language`: ``"id"`` unless changed."""
    return _language


def say(key: str, /, **values: object) -> str:
    """The text under `key` in the language in use, with ``{placeholders}`` filled from `values`.

    Examples
    --------
    >>> say("valence.mendukung")
    'mendukung'
    """
    return texts(key)[language_in_use()].format(**values)


def number(value: float) -> str:
    """A number as the language in use writes it.

    Examples
    --------
    >>> number(129000), number(28.9)
    ('129.000', '28,9')
    """
    written = f"{value:,.6f}".rstrip("0").rstrip(".")
    return written if language_in_use() == "en" else written.translate(str.maketrans(",.", ".,"))


def texts(key: str) -> dict[str, str]:
    """Both texts under `key`, by language; KeyError when the catalogue has no such key."""
    found: Any = catalogue()
    for part in key.split("."):
        found = found[part]
    return {language: found[language] for language in LANGUAGES}


@cache
def catalogue() -> dict[str, Any]:
    """The whole catalogue as nested tables; its leaves map a language to a text."""
    return tomllib.loads(files("qualcode").joinpath("wording.toml").read_text("utf-8"))
