"""What a change left in the table: which items are other than before, and whether that breaks an invariant."""

from collections import Counter

from operators import invariants
from operators.invariants import snapshot
from tests.changes.scene import Scene
from tests.documents.filing import keys_in_bucket
from tests.thorough import IS_THOROUGH
from tests.town import Items

Shape = frozenset[tuple[tuple[str, str, str], int]]


def changed(before: Items, now: Items) -> list[tuple[str, str]]:
    """The keys of what is new, gone, or otherwise than before."""
    return sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))


def shape(before: Items, now: Items) -> Shape:
    """How many items of each kind are new, gone, or otherwise, each with the names of its attributes.

    Two runs of the same change have the same shape, although their ids and instants differ.
    """
    found = Counter[tuple[str, str, str]]()
    for key in changed(before, now):
        item = now.get(key) or before[key]
        what = "new" if key not in before else "changed" if key in now else "gone"
        found[item.get("kind", {}).get("S", ""), what, " ".join(sorted(item))] += 1
    return frozenset(found.items())


class Look:
    """Looks for broken invariants. Without THOROUGH what has the shape of something that was in order is not
    looked at again, because a look takes a quarter of a second."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._in_order = scene, set[Shape]()

    def findings(self, before: Items, now: Items) -> list[str]:
        """The findings in what is in the table now; `before` is what was in it at first."""
        of_now = shape(before, now)
        if of_now in self._in_order and not IS_THOROUGH:
            return []
        with snapshot.of_pages([list(now.values())]) as seen:
            found = [str(one) for one in invariants.check(seen, self._scene.time.now)]
        if not found:
            self._in_order.add(of_now)
        return found


def keys_without_document(now: Items) -> list[str]:
    """The keys of objects that are stored for good and that no document names, nor will: the check of an upload, whose
    notice comes again, names what it has stored for a document that waits for it."""
    documents = [item for item in now.values() if item.get("kind", {}).get("S") == "Document"]
    there = [item for item in documents if not item["is_deleted"]["BOOL"]]
    named = {item["object_key"]["S"] for item in there if "object_key" in item}
    waiting = {item["id"]["S"] for item in there if item["upload_status"]["S"] == "pending"}
    stored_for_good = [key for key in keys_in_bucket() if key.startswith("documents/")]
    return [key for key in stored_for_good if key not in named and key.split("/")[1] not in waiting]
