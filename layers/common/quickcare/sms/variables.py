"""What a text has in its `{variables}`: each says itself in a language, in at most 30 characters."""

from dataclasses import dataclass
from typing import Protocol

from quickcare import titles
from quickcare.sms import names
from quickcare.sms.language import Language


class Variable(Protocol):
    def say(self, language: Language, most: int, /) -> str:
        """The variable in a language; a name in at most `most` characters."""


@dataclass(frozen=True)
class Named:
    """Somebody's or something's name. When it cannot be written, the text says what it is: `your clinic`.

    `role` is one of `Language.unnamed`.
    """

    role: str
    name: str

    def say(self, language: Language, most: int, /) -> str:
        return names.written(self.name, language.script, most) or language.unnamed[self.role]


@dataclass(frozen=True)
class Doctor:
    """A doctor's name with the title, once."""

    name: str

    def say(self, language: Language, most: int, /) -> str:
        if names.written(titles.without_titles(self.name), language.script) is None:
            return language.unnamed["doctor"]
        titled = titles.of_doctor(self.name).replace("Dr.", language.doctor, 1)
        return names.written(titled, language.script, most) or language.unnamed["doctor"]


@dataclass(frozen=True)
class Moment:
    """A date (`YYYY-MM-DD`) and a time of day (`HH:MM`)."""

    date: str
    time: str

    def say(self, language: Language, _most: int, /) -> str:
        return language.moment(self.date, self.time)


@dataclass(frozen=True)
class Role:
    """What a member is in a clinic: doctor, receptionist, lab_member."""

    role: str

    def say(self, language: Language, _most: int, /) -> str:
        return language.roles[self.role]


@dataclass(frozen=True)
class Word:
    """A code, a password or a number, which is the same in all languages and never cut."""

    word: str | int

    def say(self, _language: Language, _most: int, /) -> str:
        return str(self.word)


@dataclass(frozen=True)
class Link:
    """The address of one of our pages. Only the code at its end is a variable: the rest is the same in every SMS."""

    url: str

    def say(self, _language: Language, _most: int, /) -> str:
        return self.url
