"""Everything that changes something: the routes of the API, forms, link pages, the panel and the workers.

`tests/outages/test_outages.py` calls each of them while a service fails, `tests/outages/test_killed.py` kills each of
them at every call. A route needs no line here; a worker gets one in `workers`.
"""

from tests.changes import forms, of_routes, panel, workers

ALL = [*of_routes.ALL, *forms.ALL, *panel.ALL, *workers.ALL]
