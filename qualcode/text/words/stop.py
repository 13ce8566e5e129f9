"""The words a table may leave out, in layers; chosen when something is shown, never when it is stored or counted.

Short and our own, for the large lists take what an interview is about (``masalah``, ``masyarakat``) and turn its
meaning (``tidak``, ``belum``, ``harus``). Negation and modality stand in no layer and cannot be left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import cache

from qualcode.text.words.lists import listed
from qualcode.text.words.spoken import spoken_forms
from qualcode.text.words.stems import normal
from qualcode.text.words.tokens import Token
from qualcode.wording import say

__all__ = ["ALWAYS_SHOWN", "Layer", "described", "shown", "stop_words"]


class Layer(StrEnum):
    """A layer of words that a table may leave out."""

    FUNCTION = "fungsi"
    FILLERS = "pengisi"
    INTERVIEWER = "pewawancara"


ALWAYS_SHOWN = listed(
    """
    akan barangkali belum bisa boleh bukan bukannya dapat harus harusnya hendaknya ingin jangan kurang mampu mau mesti
    mestinya mungkin mustahil pasti pengin perlu rasanya sebaiknya sebelum seharusnya semestinya sepertinya seyogianya
    tak tanpa tentu tidak tiada wajib
    """
)
"""Negation and modality: whether and how surely something is said."""

_FUNCTION = """
    ada adalah agar aku anda antara apa apabila apakah atas atau bagaimana bagi bahkan bahwa baru begini begitu
    berapa beserta bila cuma dalam dan dari daripada demi demikian dengan di dia dulu gue hal hanya hingga ia
    ialah ini itu jadi jika juga kalau kalian kami kamu kapan karena ke kemudian kenapa kepada ketika kita lagi
    lalu lu maka mana masih masing-masing maupun melainkan melalui mengapa menurut mereka merupakan meski meskipun
    namun nanti oleh pada padahal para pula pun saat saja saling sambil sampai sana sang saya se sebab sebagai
    sebuah secara sedang sedangkan sejak sekarang selain selama semua seorang seperti serta setelah setiap si
    siapa sini situ suatu sudah supaya tadi tapi telah tentang terhadap tersebut tetapi tiap tiap-tiap untuk waktu
    walau walaupun yaitu yakni yang
"""
_FILLERS = """
    aduh ah alah anu ayo bang banget bapak begitulah bu deh dong duh e eee eh ehm em emm gini gitu ha hah hahaha
    halo hayo heh hehe hehehe hm hmm hmmm ibu iya iyo kak kan kayak kek kok lah lha lho loh mah mas mbak mbok
    memang nah nggih nih oh ok oke pak pokoknya sih tertawa tho to toh tuh uh uhm waduh wah wkwk wkwkwk wong ya
    yaa yah yo yuk
"""
_FORMULAS = """
terima kasih
terima kasih banyak
terima kasih atas waktunya
selamat pagi
selamat siang
selamat sore
mohon izin
mohon maaf
kalau boleh tahu
bisa diceritakan
bisa dijelaskan
boleh diceritakan
boleh dijelaskan
bagaimana menurut
menurut bapak
menurut ibu
menurut mas
menurut mbak
pertanyaan selanjutnya
pertanyaan berikutnya
pertanyaan terakhir
ada lagi yang ingin disampaikan
ada yang mau ditambahkan
bagaimana tanggapan
apa yang dimaksud dengan
baik kalau begitu
""".strip()

_WORDS = {
    Layer.FUNCTION: listed(_FUNCTION),
    Layer.FILLERS: listed(_FILLERS),
    Layer.INTERVIEWER: frozenset({"silakan", "permisi", "assalamualaikum", "waalaikumsalam"}),
}

ALL = tuple(Layer)


@cache
def _stopped_by(layers: frozenset[Layer]) -> frozenset[str]:
    own = frozenset(word for layer in layers for word in _WORDS[layer]) - ALWAYS_SHOWN
    # A spoken form goes with its word: yg with yang; never one of a word that is always shown.
    return own | {form for form, word in spoken_forms().items() if word in own and form not in ALWAYS_SHOWN}


def stop_words(layers: Collection[Layer] = ALL) -> frozenset[str]:
    """The single words of these layers, in lower case, with their spoken forms.

    Examples
    --------
    >>> words = stop_words()
    >>> "yg" in words, "nggak" in words, "belum" in words
    (True, False, False)
    """
    return _stopped_by(frozenset(layers))


def shown(tokens: Sequence[Token], layers: Collection[Layer] = ALL) -> list[Token]:
    """The tokens that a table shows: those in none of the layers.

    The words are compared as they were said, not by their keys: ``keadaan`` stays although ``ada`` goes. With the
    interviewer's layer, formulas of several words go as a whole, unless a word in them is always shown.

    Parameters
    ----------
    tokens : sequence of Token
        As they stand in the text, one after the other.
    layers : collection of Layer, optional
        None at all leaves everything.

    Returns
    -------
    list of Token

    Examples
    --------
    >>> from qualcode.text.words.tokens import tokenize
    >>> [token.text for token in shown(tokenize("Terima kasih Bu, itu yg belum dibalas sih"))]
    [',', 'belum', 'dibalas']
    """
    if not layers:
        return list(tokens)
    words = [normal(token.text) for token in tokens]
    stopped = stop_words(layers)
    hidden = {n for n, word in enumerate(words) if word in stopped}
    if Layer.INTERVIEWER in layers:
        hidden |= {n for n in _in_formulas(words) if words[n] not in ALWAYS_SHOWN}
    return [token for n, token in enumerate(tokens) if n not in hidden]


@cache
def _formulas() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in _FORMULAS.splitlines():
        found.setdefault(line.split()[0], []).append(line.split())
    return found


def _in_formulas(words: list[str]) -> set[int]:
    formulas = _formulas()
    return {
        at + n
        for at, word in enumerate(words)
        for formula in formulas.get(word, ())
        if words[at : at + len(formula)] == formula
        for n in range(len(formula))
    }


def described(layers: Collection[Layer] = ALL) -> str:
    """What a table leaves out, for the line below it.

    Examples
    --------
    >>> described([])
    'Semua kata ditampilkan.'
    """
    if not layers:
        return say("words.all_shown")
    names = ", ".join(say(f"words.layer.{layer}") for layer in Layer if layer in layers)
    return say("words.hidden", layers=names, count=len(stop_words(layers)))
