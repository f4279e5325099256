"""Where to listen and where to send: addresses as they are written on a command line."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from dataclasses import dataclass

from safetynets.errors import ScenarioError

GET_ADDRESS = 0x8915
"""SIOCGIFADDR of Linux: the address of an interface."""
MULTICAST_TTL = 1
"""Datagrams to a group do not leave the local network."""


@dataclass(frozen=True)
class Address:
    """An address: of a host or an interface, a port, and the group where it is multicast."""

    host: str
    port: int
    group: str = ""

    def __str__(self) -> str:
        return ":".join((*([self.group] if self.group else []), self.host, str(self.port)))

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there stays on this machine."""
        return not self.group and ipaddress.ip_address(self.host).is_loopback

    @property
    def to(self) -> tuple[str, int]:
        """Where a datagram goes."""
        return (self.group or self.host, self.port)


def address(text: str, option: str) -> Address:
    """An address from `[GROUP:]HOST:PORT`; the host of a group is the interface on which it is joined or sent.

    A host is an IPv4 address, or the name of an interface of this machine, which stands for its address.

    Raises
    ------
    ScenarioError
        For anything else, and for a group that is no multicast address.

    >>> address("239.1.1.1:127.0.0.1:8600", "--listen")
    Address(host='127.0.0.1', port=8600, group='239.1.1.1')
    """
    parts = text.split(":")
    if len(parts) not in (2, 3) or not parts[-1].isdigit() or not 0 <= int(parts[-1]) < 1 << 16:
        raise ScenarioError(
            f"{text!r} is no address", where=option, mend="write [GROUP:]HOST:PORT, such as 127.0.0.1:8600"
        )
    group, host, port = parts[0] if len(parts) == 3 else "", parts[-2], int(parts[-1])
    if group and not _is_multicast(group):
        raise ScenarioError(
            f"{group!r} is no multicast group", where=option, mend="groups are 224.0.0.0 to 239.255.255.255"
        )
    return Address(_ip(host, option), port, group)


def open_to_receive(where: Address, buffer_bytes: int) -> tuple[socket.socket, int]:
    """A socket that receives there, and the size of the receive buffer that the system granted.

    Raises
    ------
    ScenarioError
        When the address or the port is not to be had.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        _ask_for_buffer(opened, buffer_bytes)
        if where.group:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind((where.group, where.port))
            joined = socket.inet_aton(where.group) + socket.inet_aton(where.host)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        else:
            opened.bind((where.host, where.port))
    except OSError as error:
        opened.close()
        raise ScenarioError(
            f"cannot listen at {where}: {error.strerror}",
            where="--listen",
            mend="give an address of this machine and a free port",
        ) from None
    return opened, opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def open_to_send(where: Address) -> socket.socket:
    """A socket that sends there; datagrams to a group leave by the interface named, one hop far."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if where.group:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(where.host))
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", MULTICAST_TTL))
    return opened


def refuse_to_leave(where: Address, option: str, *, really: bool) -> None:
    """Refuse an address whose datagrams leave this machine, unless that is really meant.

    Raises
    ------
    ScenarioError
        For any address but one of the loopback interface.
    """
    if not where.is_loopback and not really:
        raise ScenarioError(
            f"{where} is not on this machine", where=option, mend="say --really-send if it is really meant"
        )


def _ask_for_buffer(opened: socket.socket, size: int) -> None:
    """Ask for a receive buffer; beyond the limit of the system only the administrator gets it."""
    force = getattr(socket, "SO_RCVBUFFORCE", 33)
    try:
        opened.setsockopt(socket.SOL_SOCKET, force, size)
    except OSError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)


def _is_multicast(group: str) -> bool:
    try:
        return ipaddress.IPv4Address(group).is_multicast
    except ValueError:
        return False


def _ip(host: str, option: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        found = _of_interface(host)
    if found is None:
        raise ScenarioError(
            f"{host!r} is no address (IPv4) and no interface of this machine that has one",
            where=option,
            mend="write the address in numbers",
        )
    return found


def _of_interface(name: str) -> str | None:
    """The IPv4 address of an interface; None for none, or where the system does not tell it so (Linux does)."""
    if sys.platform != "linux" or name not in (each for _, each in socket.if_nameindex()):
        return None
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        try:
            answer = fcntl.ioctl(opened.fileno(), GET_ADDRESS, struct.pack("256s", name.encode()))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])
