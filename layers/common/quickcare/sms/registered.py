"""The texts as they are registered with India's operators (DLT), and whether an SMS is one of them.

A registered text has `{#var#}` where a variable stands. An SMS that is not its registered text, letter by letter, is
dropped by the operators without a word to us, so it is refused before that.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from quickcare.sms import names
from quickcare.sms.language import Language
from quickcare.sms.languages import LANGUAGES

VARIABLE = "{#var#}"
# Neither a bank's codes ("Transactional") nor advertising: what somebody is told who deals with us.
KIND = "Service Implicit"
_VARIABLES = re.compile(r"\{(\w+)\}")
_LINK = "link"


class Registered(NamedTuple):
    """One text as it is entered in the operators' portal."""

    key: str
    language: str
    kind: str
    text: str
    alphabet: str


def texts(link_base: str) -> Iterator[Registered]:
    """Every text in every language. `link_base` is the address of links without the code, with a slash at its end."""
    for language in LANGUAGES.values():
        for key, text in language.texts.items():
            said = _VARIABLES.sub(lambda one: f"{link_base}{VARIABLE}" if one[1] == _LINK else VARIABLE, text)
            yield Registered(key, language.code, KIND, said, "Text" if text.isascii() else "Unicode")


def is_registered(key: str, language_code: str, body: str, link_base: str) -> bool:
    """Whether `body` is the text with this key in this language, with something in the place of each variable."""
    language = LANGUAGES.get(language_code)
    return (
        language is not None
        and key in language.texts
        and re.fullmatch(_pattern(language, key, link_base), body) is not None
    )


def _pattern(language: Language, key: str, link_base: str) -> str:
    parts = _VARIABLES.split(language.texts[key])
    fixed, variables = parts[::2], parts[1::2]
    wanted = [rf"{re.escape(link_base)}\w{{1,{names.LONGEST}}}" if one == _LINK else _ANYTHING for one in variables]
    return "".join(re.escape(text) + variable for text, variable in zip(fixed, [*wanted, ""], strict=True))


_ANYTHING = f"[^\\r\\n]{{1,{names.LONGEST}}}"
