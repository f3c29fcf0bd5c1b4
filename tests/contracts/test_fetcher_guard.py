"""Whom we never dial: each attack and its refusal."""

import asyncio
import socket
from ipaddress import ip_network

import pytest

from tocsin.adapters.guard import GuardedBackend, why_refused
from tocsin.adapters.http import GuardedFetcher
from tocsin.errors import RefusedError, TocsinError
from tocsin.ports import FetchRequest

REFUSED = """
127.0.0.1 127.9.9.9 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.127.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 fe80::1 fe80::1%eth0 fec0::1 fc00::1
fd00:ec2::254 ff02::1 2001:db8::1 2001::1 2002:7f00:1::1 2002:a00:1::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::1 100::1 3fff::1
"""


@pytest.mark.parametrize("address", REFUSED.split())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_a_public_address_is_dialled(address: str) -> None:
    assert why_refused(address) == ""


def test_what_is_allowed_is_dialled_in_all_its_forms() -> None:
    allow = (ip_network("127.0.0.0/8"),)
    assert why_refused("127.0.0.1", allow) == why_refused("::ffff:127.0.0.1", allow) == ""
    assert why_refused("10.0.0.1", allow)
    assert why_refused("::1", allow)


ATTACKS = {
    "loopback": "http://127.0.0.1:8080/",
    "loopback by name": "http://localhost:8080/",
    "decimal": "http://2130706433:8080/",
    "hexadecimal": "http://0x7f.1:8080/",
    "short": "http://127.1:8080/",
    "zero": "http://0:8080/",
    "IPv6 loopback": "http://[::1]:8080/",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]:8080/",
    "IPv4 in IPv6, hexadecimal": "http://[::ffff:7f00:1]:8080/",
    "cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "carrier's network": "http://100.64.0.1/",
    "private": "https://10.0.0.1/",
    "multicast": "http://224.0.0.1/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:25/",
    "ftp": "ftp://e.org/feed",
    "credentials": "http://user:secret@1.1.1.1/",
    "a mail server": "http://1.1.1.1:25/",
}


def fetch(url: str) -> None:
    async def one() -> None:
        async with GuardedFetcher(timeout=5) as fetcher:
            await fetcher.fetch(FetchRequest(url))

    asyncio.run(one())


@pytest.mark.parametrize("url", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        fetch(url)
    assert "secret" not in str(refused.value)


SPELLINGS = (
    "localhost",
    "localhost.",
    "LOCALHOST",
    "0177.0.0.1",
    "0x7f.1",
    "2130706433",
    "127.1",
    "0",
    "１２７.０.０.１",
    "127。0。0。1",
)


@pytest.mark.parametrize("host", SPELLINGS)
def test_however_it_is_spelt_nothing_arrives_at_home(host: str) -> None:
    """Some of these are names that nobody has, on some machines: what counts is that nobody is called."""
    with socket.create_server(("127.0.0.1", 0)) as home:
        home.settimeout(0.05)
        with pytest.raises(TocsinError):
            fetch(f"http://{host}:{home.getsockname()[1]}/")
        with pytest.raises(TimeoutError):
            home.accept()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_no_proxy_of_the_environment_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy would dial for us, and past the guard.
    for exception in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(exception, raising=False)
    monkeypatch.setenv(name, "http://127.0.0.1:9/")
    test_an_attack_is_refused("http://10.0.0.1/")


def found(*addresses: str) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


def test_one_bad_address_among_good_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found("1.1.1.1", "127.0.0.1"))
    with pytest.raises(RefusedError, match="two-faced"):
        fetch("http://two-faced.example.org/")


def test_a_name_is_looked_up_once_and_what_was_looked_at_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    # A rebinding server gives a good address to the guard and another one to the socket.
    answers = [found("127.0.0.2"), found("127.0.0.3")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.pop(0))

    async def dial(port: int) -> str:
        stream = await GuardedBackend([ip_network("127.0.0.2/32")]).connect_tcp("rebind.example.org", port)
        try:
            return str(stream.get_extra_info("server_addr")[0])
        finally:
            await stream.aclose()

    with socket.create_server(("", 0)) as home:
        assert asyncio.run(dial(home.getsockname()[1])) == "127.0.0.2"
    assert len(answers) == 1
