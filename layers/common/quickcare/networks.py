"""Network addresses, as limits count them.

An IPv6 customer has a whole /64 and can send each request from another address of it, so a /64 counts as one. An IPv4
address counts for itself, also when it comes written as IPv6.
"""

import hashlib
from ipaddress import IPv6Address, ip_address

_HOST_BITS = 64


def of(source_ip: str) -> str:
    """The network of a client: `203.0.113.7`, or `2001:db8:1:2::/64`. What is no address is its own network."""
    try:
        address = ip_address(source_ip)
    except ValueError:
        return source_ip
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> _HOST_BITS << _HOST_BITS)}/{_HOST_BITS}"


def fingerprint(contact: int, source_ip: str) -> str:
    """The network of a client as items of a contact name it. Another contact's has nothing in common with it."""
    return hashlib.sha256(f"{contact} {of(source_ip)}".encode()).hexdigest()[:32]
