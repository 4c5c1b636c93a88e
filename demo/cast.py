"""Who is in the demo, and what they have: nothing here is chosen by chance."""

from typing import NamedTuple

PASSWORD = "secret123"  # noqa: S105 - everybody's, and printed


class Place(NamedTuple):
    """A clinic and its people. Doctors are `(name, specialty, qualification, years, fee, minutes per slot)`."""

    name: str
    clinic_type: str
    address: str
    city: str
    state: str
    pincode: str
    owner: str
    doctors: list[tuple[str, str, str, int, int, int]]
    receptionist: str
    lab_member: str


PLACES = [
    Place(
        "City Care Clinic",
        "clinic",
        "14 Mirza Ismail Road",
        "Jaipur",
        "Rajasthan",
        "302001",
        "Charu Shah",
        [
            ("Dr. Suresh Yadav", "general_medicine", "MBBS, MD", 18, 500, 15),
            ("Dr. Anjali Mehta", "pediatrics", "MBBS, DCH", 11, 600, 15),
            ("Dr. गीता शर्मा", "gynecology", "MBBS, MS", 14, 700, 20),
            ("Dr. Imran Qureshi", "dermatology", "MBBS, MD", 7, 650, 15),
        ],
        "Rekha Soni",
        "Manoj Saini",
    ),
    Place(
        "Lotus Multispeciality Hospital",
        "hospital",
        "Plot 7, Baner Road",
        "Pune",
        "Maharashtra",
        "411045",
        "Vikram Kulkarni",
        [
            ("Dr. Meera Joshi", "cardiology", "MBBS, DM", 21, 1200, 20),
            ("Dr. Rohan Deshpande", "orthopedics", "MBBS, MS", 12, 900, 20),
            ("Dr. Fatima Sheikh", "neurology", "MBBS, DM", 16, 1300, 30),
            ("Dr. Arjun Pillai", "ent", "MBBS, MS", 9, 700, 15),
            ("Dr. सुनीता पाटील", "ophthalmology", "MBBS, MS", 13, 750, 15),
        ],
        "Swati More",
        "Nilesh Jadhav",
    ),
    Place(
        "Sunrise Diagnostics",
        "diagnostic_center",
        "22 Residency Road",
        "Bengaluru",
        "Karnataka",
        "560025",
        "Lakshmi Gowda",
        [
            ("Dr. Karthik Rao", "radiology", "MBBS, MD", 10, 800, 20),
            ("Dr. Divya Nair", "pathology", "MBBS, MD", 8, 400, 10),
            ("Dr. Thomas Mathew", "oncology", "MBBS, DM", 19, 1500, 30),
        ],
        "Asha Hegde",
        "Ravi Shetty",
    ),
]

# fmt: off
_FIRST = [
    "Aarav", "Priya", "Rahul", "Sneha", "Amit", "Pooja", "Vivek", "Kavita", "Sanjay", "Neha",
    "Deepak", "Ritu", "Manish", "Shalini", "Arun", "Gita", "Nikhil", "Anita", "Rajesh", "Sunita",
    "आरव", "प्रिया", "मोहन", "सीता", "अमित", "Farhan", "Ayesha", "Joseph", "Mary", "Harpreet",
]
# fmt: on
_LAST = ["Sharma", "Verma", "Patel", "Iyer", "Khan", "Singh", "Das", "Reddy", "Kaur", "Fernandes"]
_LAST_IN_DEVANAGARI = ["शर्मा", "वर्मा", "पटेल", "गुप्ता", "मिश्रा"]


def patients(count: int) -> list[str]:
    """The names of this many patients, each another one up to 300."""
    return [_full_name(number) for number in range(count)]


def _full_name(number: int) -> str:
    first = _FIRST[number % len(_FIRST)]
    last = _LAST if first.isascii() else _LAST_IN_DEVANAGARI
    return f"{first} {last[(number + number // len(_FIRST)) % len(last)]}"


REASONS = [
    "Fever since three days",
    "Cough at night",
    "Follow-up of blood pressure",
    "Pain in the knee",
    "Skin rash on the arm",
    "Headache in the mornings",
    "Yearly check-up",
    "Blurred sight in one eye",
]
DOCUMENTS = [
    ("Blood test, complete count", "lab_report", "Haemoglobin 13.4 g/dL, white cells 7,200, platelets 2.4 lakh"),
    ("X-ray of the chest", "scan", "No active lesion. Heart size within normal limits"),
    ("Prescription of last month", "prescription", "Paracetamol 650 mg, three times a day, five days"),
    ("Discharge summary", "discharge_summary", "Discharged in stable condition. Review after two weeks"),
    ("Vaccination card", "vaccination", "Tetanus booster given. Next dose in ten years"),
]
