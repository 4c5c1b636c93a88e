"""What the pages say, in the languages of SMS: one module each. A page is in the language of whoever it is for."""

from collections.abc import Mapping

from markupsafe import Markup

from pages.languages import english, hindi

_WORDS = {"en": english.WORDS, "hi": hindi.WORDS}


def words(code: str) -> Mapping[str, Markup]:
    """The words in a language, English where it is not known. `format` escapes what is put into them."""
    return {key: Markup(text) for key, text in _WORDS.get(code, english.WORDS).items()}  # noqa: S704 - our own words
