"""The thread that receives: many datagrams a call, into a queue of bounded size."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
import threading
import time
from collections import deque
from pathlib import Path

from safetynets.live.address import Address, open_to_receive

BUFFER_BYTES = 32 << 20
"""Requested; what the system grants is reported."""
DATAGRAMS = 512
"""Most datagrams that one call receives."""
LONGEST = 65_535
MOST_WAITING_BYTES = 16 << 20
"""When so much waits to be judged, some seconds of it, nothing more is received: the system drops what its buffer does
not hold, so that after a flood the monitor is not busy with old plots for long (simulator default)."""
POLL_S = 0.2
MSG_WAITFORONE = 0x10000


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Message(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.POINTER(_Vector)),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Received(ctypes.Structure):
    _fields_ = (("message", _Message), ("length", ctypes.c_uint32))


class Receiver:
    """Receives at an address from when it is started until it is stopped.

    The interpreter is needed once a call and not once a datagram (recvmmsg of Linux), so that judging does not keep it
    from emptying the buffer of the system. Elsewhere a call receives one datagram.
    """

    def __init__(self, where: Address) -> None:
        self._socket, self.granted_bytes = open_to_receive(where, BUFFER_BYTES)
        self._socket.settimeout(POLL_S)
        self.port: int = self._socket.getsockname()[1]
        self._waiting: deque[tuple[float, list[bytes]]] = deque()
        self._waiting_bytes = 0
        self._lock, self.came = threading.Lock(), threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="receive", daemon=True)
        self._many = _Many(self._socket) if sys.platform == "linux" else None

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; what was received may still be taken."""
        self._stopped = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def take(self, most: int) -> tuple[list[bytes], list[float]]:
        """The datagrams that wait longest, about `most` of them, and when each arrived (s since 1970)."""
        datagrams: list[bytes] = []
        arrived_s: list[float] = []
        with self._lock:
            while self._waiting and len(datagrams) < most:
                time_s, batch = self._waiting.popleft()
                datagrams += batch
                arrived_s += [time_s] * len(batch)
            self._waiting_bytes -= sum(map(len, datagrams))
            if not self._waiting:
                self.came.clear()
        return datagrams, arrived_s

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing more is received."""
        return self._waiting_bytes > MOST_WAITING_BYTES

    def dropped(self) -> int:
        """How many datagrams the system has dropped, as far as it says so (Linux)."""
        return drops_of(self.port, self._socket.fileno())

    def _run(self) -> None:
        while not self._stopped:
            if self.full:
                time.sleep(0.001)
                continue
            try:
                batch = self._many.receive() if self._many is not None else [self._socket.recv(LONGEST)]
            except TimeoutError:
                continue
            except OSError as error:
                if self._stopped or error.errno == errno.EBADF:
                    return
                continue
            now_s = time.time()
            with self._lock:
                self._waiting.append((now_s, batch))
                self._waiting_bytes += sum(map(len, batch))
                self.came.set()


class _Many:
    """recvmmsg(2): waits for one datagram, and returns all that are there."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._call = ctypes.CDLL(None, use_errno=True).recvmmsg
        self._octets = ctypes.create_string_buffer(DATAGRAMS * LONGEST)
        self._at = ctypes.addressof(self._octets)
        self._vectors = (_Vector * DATAGRAMS)()
        self._messages = (_Received * DATAGRAMS)()
        for place in range(DATAGRAMS):
            self._vectors[place] = _Vector(self._at + place * LONGEST, LONGEST)
            self._messages[place].message.vectors = ctypes.pointer(self._vectors[place])
            self._messages[place].message.vector_count = 1
        seconds, micros = divmod(round(POLL_S * 1e6), 1_000_000)
        opened.setblocking(True)
        opened.setsockopt(
            socket.SOL_SOCKET,
            socket.SO_RCVTIMEO,
            seconds.to_bytes(8, sys.byteorder) + micros.to_bytes(8, sys.byteorder),
        )

    def receive(self) -> list[bytes]:
        """The datagrams that are there; waits for the first."""
        count = self._call(self._socket.fileno(), self._messages, DATAGRAMS, MSG_WAITFORONE, None)
        if count < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR):
                raise TimeoutError
            raise OSError(code, os.strerror(code))
        return [ctypes.string_at(self._at + place * LONGEST, self._messages[place].length) for place in range(count)]


def drops_of(port: int, descriptor: int) -> int:
    """The datagrams that Linux has dropped at a socket, by /proc/net/udp; 0 where that is not to be had."""
    try:
        inode = str(os.fstat(descriptor).st_ino)
        for line in Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]:
            columns = line.split()
            if columns[1].endswith(f":{port:04X}") and columns[9] == inode:
                return int(columns[12])
    except (OSError, IndexError, ValueError):
        return 0
    return 0


def waiting_bytes(port: int) -> int:
    """How much waits in the buffers of sockets of this machine at a port, by /proc/net/udp; 0 where that is unknown."""
    try:
        lines = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
        return sum(
            int(columns[4].split(":")[1], 16)
            for columns in map(str.split, lines)
            if columns[1].endswith(f":{port:04X}")
        )
    except (OSError, IndexError, ValueError):
        return 0
