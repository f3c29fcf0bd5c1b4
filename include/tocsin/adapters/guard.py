"""Whom we may dial: a feed's address is written by strangers, so each address is looked at when it is dialled."""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from tocsin.errors import RefusedError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ip_network("2000::/3")
_EXAMPLES = ip_network("3fff::/20")  # RFC 9637, younger than Python 3.11.
_AZURE = ip_address("168.63.129.16")  # Public by its number, but every machine of that cloud finds its keeper there.
_USUAL_PORTS = frozenset({80, 443})
_FREE_PORTS = 1024


def why_refused(address: str, allow: Sequence[Network] = ()) -> str:
    """Say why an IP address may not be dialled, or "" when it may: it is public, or in a network of `allow`.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as what it is.
    """
    ip = _unwrapped(ip_address(address))
    if any(ip in network for network in allow):
        return ""
    public = ip.is_global and not ip.is_multicast and ip != _AZURE
    if isinstance(ip, IPv6Address):
        public = public and ip in _GLOBAL_UNICAST and ip not in _EXAMPLES
    return "" if public else f"{address} is not a public address (if it is yours, see TOCSIN_ALLOW_NETWORKS)"


def _unwrapped(ip: Address) -> Address:
    if isinstance(ip, IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour
    if inner is None and ip in _NAT64:
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip


class NoAddressError(httpcore.ConnectError):
    """The name has no address."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, looks at all its addresses, and connects to one that it looked at: no second look-up between.

    A name with even one address that may not be dialled is refused, so that a rebinding server wins nothing by luck.
    """

    def __init__(self, allow: Sequence[Network] = ()) -> None:
        self._allow = tuple(allow)
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to `host`; RefusedError when the guard forbids one of its addresses, or the port."""
        error: Exception = NoAddressError(f"no address for {host}")
        for address in await self._look_up(host, port):
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                error = exc
        raise error

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks for."""
        await self._backend.sleep(seconds)

    async def _look_up(self, host: str, port: int) -> list[str]:
        try:
            return await look_up(host, port, self._allow)
        except (socket.gaierror, UnicodeError) as exc:
            raise NoAddressError(f"no address for {host}") from exc


async def look_up(host: str, port: int, allow: Sequence[Network] = ()) -> list[str]:
    """Give the addresses of a name, all of them good to dial. RefusedError: one is not, or the port.

    OSError, UnicodeError: the name has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    for address in addresses:
        if reason := why_refused(address, allow) or _refused_port(address, port, allow):
            raise RefusedError(reason if host == address else f"{host}: {reason}")
    return addresses


def _refused_port(address: str, port: int, allow: Sequence[Network]) -> str:
    """Mail servers and the like understand more of an HTTP request than one thinks."""
    if port in _USUAL_PORTS or port >= _FREE_PORTS or any(ip_address(address) in net for net in allow):
        return ""
    return f"port {port} is not for web pages"
