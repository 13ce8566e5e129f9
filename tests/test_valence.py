"""Valence: the words of the field, of which a coder may give four."""

import pytest

from qualcode.coding.valence import CODED, Valence


def test_values_are_the_words_of_the_field() -> None:
    """Data files hold Indonesian words, code holds English names."""
    assert {valence.name: valence.value for valence in Valence} == {
        "SUPPORTS": "mendukung",
        "OPPOSES": "menentang",
        "MIXED": "campuran",
        "DESCRIPTIVE": "deskriptif",
        "UNRESOLVED": "belum diputuskan",
    }


def test_a_coder_gives_four() -> None:
    """Unresolved is what coders leave behind, never what one of them gives."""
    assert set(Valence) - set(CODED) == {Valence.UNRESOLVED}


def test_a_valence_is_its_word() -> None:
    """A valence compares and prints as its word."""
    assert Valence.SUPPORTS == "mendukung"
    assert f"{Valence('campuran')}" == "campuran"


@pytest.mark.parametrize("word", ["positif", "Mendukung", "", "SUPPORTS"])
def test_no_other_word(word: str) -> None:
    """Other words, moods among them, are no valence."""
    with pytest.raises(ValueError, match="Valence"):
        Valence(word)
