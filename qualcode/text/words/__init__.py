"""Indonesian words with their places: tokens, sentences, and the key under which all forms of a word are found."""

from qualcode.text.words.sentences import Sentence, sentences
from qualcode.text.words.stems import Stemmer, stem, stemmer_for
from qualcode.text.words.stop import Layer, shown
from qualcode.text.words.tokens import Sort, Token, tokenize

__all__ = ["Layer", "Sentence", "Sort", "Stemmer", "Token", "sentences", "shown", "stem", "stemmer_for", "tokenize"]
