"""The specialties a doctor can have (docs/contract.md: Doctor)."""

SPECIALTIES = (
    "general_medicine",
    "cardiology",
    "dermatology",
    "neurology",
    "orthopedics",
    "pediatrics",
    "gynecology",
    "ophthalmology",
    "ent",
    "psychiatry",
    "dentistry",
    "radiology",
    "pathology",
    "oncology",
    "urology",
    "other",
)


def normalise(text: str) -> str:
    """The specialty that a text names: `"General Medicine"` → `"general_medicine"`.

    Raises ValueError, with the list of all specialties, when it names none.
    """
    specialty = "_".join(text.lower().replace("-", " ").replace("_", " ").split())
    if specialty not in SPECIALTIES:
        raise ValueError(f"Not a valid choice. Choose one of {', '.join(SPECIALTIES)}.")
    return specialty
