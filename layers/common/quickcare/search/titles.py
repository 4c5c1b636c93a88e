"""Titles as a search compares words: it leaves them out."""

from quickcare.search.letters import plain
from quickcare.titles import DOCTOR, OTHERS

TITLES = frozenset(map(plain, (*DOCTOR, *OTHERS)))
