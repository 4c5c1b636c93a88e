"""Which worker gets which tests: a file at a time, and all files at once that share what is dear to start."""

from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/attacks/", "tests/browser/")
"""Folders whose files share a server: one with two clinics, and one with the demo's week, and a browser."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """`--dist loadfile`, with the folders of `TOGETHER` as if each were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return work_unit(nodeid)


def work_unit(nodeid: str) -> str:
    """The folder or file with which a test goes to a worker."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)
