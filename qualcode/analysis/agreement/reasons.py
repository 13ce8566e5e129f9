"""Why a coefficient of agreement or its interval cannot be given: a key for programs and the words for readers."""

from __future__ import annotations

from qualcode.errors import Undefined
from qualcode.wording import say


def undefined(key: str, **values: object) -> Undefined:
    """Word the reason `key` (``no_units``, ``one_coder``, ``no_variation`` and so on) in the language in use.

    Examples
    --------
    >>> undefined("one_coder").key
    'one_coder'
    """
    return Undefined(say(f"agreement.reason.{key}", **values), key)
