"""Names and cities as in a large country: few, and each of them common; and ids that a number always gives."""

from random import Random
from uuid import UUID

# fmt: off
FIRST = (
    "Aarav", "Aditi", "Akash", "Amit", "Ananya", "Anil", "Anjali", "Arjun", "Deepa", "Divya", "Farhan",
    "Gaurav", "Imran", "Isha", "Kavita", "Kiran", "Lakshmi", "Manoj", "Meera", "Neha", "Nikhil", "Pooja",
    "Prakash", "Priya", "Rahul", "Rajesh", "Ravi", "Rohit", "Sana", "Sanjay", "Shreya", "Sunita", "Suresh",
    "Vijay", "Vikram", "Zoya",
)
LAST = (
    "Agarwal", "Ahmed", "Bose", "Chatterjee", "Chauhan", "Das", "Desai", "Fernandes", "Ghosh", "Gupta",
    "Iyer", "Jain", "Joshi", "Kapoor", "Khan", "Kulkarni", "Kumar", "Mehta", "Menon", "Mishra", "Mukherjee",
    "Nair", "Pandey", "Patel", "Pillai", "Rao", "Reddy", "Shah", "Sharma", "Singh", "Sinha", "Thomas",
    "Varma", "Verma", "Yadav",
)
# fmt: on
CITIES = ("Mumbai", "Delhi", "Bengaluru", "Jaipur", "Pune", "Kochi", "Lucknow", "Nagpur")


def uuid(kind: str, number: int) -> str:
    """The id of the thing of this kind with this number."""
    return str(UUID(int=Random(f"{kind} {number}").getrandbits(128), version=4))  # noqa: S311 - a data set
