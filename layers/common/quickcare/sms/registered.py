"""The texts as they are registered with India's operators (DLT), and whether an SMS is one of them.

A registered text has `{#var#}` where a variable stands. An SMS that is not its registered text, letter by letter, is
dropped by the operators without a word to us, so it is refused before that.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from quickcare.sms import names
from quickcare.sms.languages import LANGUAGES

VARIABLE = "{#var#}"
# Neither a bank's codes ("Transactional") nor advertising: what somebody is told who deals with us.
KIND = "Service Implicit"
_VARIABLES = re.compile(r"\{(\w+)\}")
_LINK = "link"
_ANYTHING = f"[^\\r\\n]{{1,{names.LONGEST}}}"


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
    if language is None or key not in language.texts:
        return False
    return re.fullmatch(_pattern(language.texts[key], re.escape(link_base)), body) is not None


@lru_cache(1000)
def recognized(body: str) -> tuple[str, str] | None:
    """Key and language of the text that `body` is, wherever a link in it leads; None when it is no text of ours."""
    for language in LANGUAGES.values():
        for key, text in language.texts.items():
            if re.fullmatch(_pattern(text, r"https?://\S+/"), body):
                return key, language.code
    return None


@cache
def _pattern(text: str, link_base: str) -> str:
    parts = _VARIABLES.split(text)
    fixed, variables = parts[::2], parts[1::2]
    wanted = [rf"{link_base}\w{{1,{names.LONGEST}}}" if one == _LINK else _ANYTHING for one in variables]
    return "".join(re.escape(part) + variable for part, variable in zip(fixed, [*wanted, ""], strict=True))
