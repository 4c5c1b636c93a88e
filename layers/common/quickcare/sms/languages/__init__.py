"""The languages in which QuickCare writes SMS: one module each, and its line here."""

from quickcare.sms.language import Language
from quickcare.sms.languages import english, hindi

LANGUAGES: dict[str, Language] = {one.code: one for one in (english.ENGLISH, hindi.HINDI)}


def spoken(code: str | None) -> Language:
    """The language with this code; English when there is none."""
    return LANGUAGES.get(code or "", english.ENGLISH)
