import pytest

from tests.api import Api
from tests.documents.filing import Filing


@pytest.fixture
def filing(api: Api) -> Filing:
    """What people do with documents, through the API."""
    return Filing(api)
