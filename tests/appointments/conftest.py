"""Edith's clinic beside the practice, and the doctor who moves between them."""

import pytest

from tests import once
from tests.api import Api
from tests.appointments import moving
from tests.appointments.moving import Move
from tests.people import Person, register
from tests.practice import Practice


@pytest.fixture
def edith(api: Api) -> Person:
    """She owns another clinic."""
    return once.made(register, api, "Edith Fernandes", 9876500006, "clinic")


@pytest.fixture
def move(api: Api, practice: Practice, edith: Person) -> Move:
    """Dora works in Charlie's clinic alone; Edith's waits for her."""
    return moving.prepared(api, practice, edith)
