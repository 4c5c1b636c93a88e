"""quickcare.networks: what counts as one client."""

import pytest
from quickcare import networks


@pytest.mark.parametrize(
    ("source_ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("test-invoke-source-ip", "test-invoke-source-ip"),
        ("", ""),
    ],
)
def test_a_network_is_an_ipv4_address_or_64_bits_of_ipv6(source_ip: str, network: str) -> None:
    assert networks.of(source_ip) == network


def test_a_fingerprint_is_of_a_network_and_a_contact() -> None:
    here = networks.fingerprint(9876500001, "2001:db8:1:2::1")
    assert here == networks.fingerprint(9876500001, "2001:db8:1:2::ffff")
    assert here != networks.fingerprint(9876500001, "2001:db8:1:3::1")
    assert here != networks.fingerprint(9876500002, "2001:db8:1:2::1")
