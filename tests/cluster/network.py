"""The machines of a cluster on one computer: each in a network namespace of its own, with a cable that can be pulled.

Namespaces need root. Without them each machine is an address of the loopback network; a pulled cable is then a machine
whose processes stand still, which looks the same to everybody else.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Network(Protocol):
    """What the cluster asks of its network; a `machine` is a name such as `db1`."""

    subnet: str

    def address(self, machine: str) -> str:
        """Where the others find it."""

    def inside(self, machine: str) -> "contextmanager[None]":
        """What this thread starts or opens inside the block is on that machine."""

    def cut(self, machine: str, processes: Callable[[], list[int]]) -> None:
        """Pulls its cable; `processes` are those that run on it."""

    def heal(self, machine: str, processes: Callable[[], list[int]]) -> None:
        """Puts the cable back."""


class NotAllowed(OSError):
    """This user may make no network namespaces."""


def may_make_namespaces() -> bool:
    """Whether `Namespaces` can be had: tried in a child, which keeps it for itself."""
    tried = ["unshare", "--net", "ip", "link", "add", "tried", "type", "bridge"]
    with suppress(FileNotFoundError):
        return subprocess.run(tried, capture_output=True, check=False).returncode == 0
    return False


@dataclass
class Namespaces:
    """A bridge in the namespace we are in (`unshare --net` came before), a cable from it to each machine."""

    subnet: str = "10.77.0.0/24"
    holders: dict[str, int] = field(default_factory=dict)
    _bridge: bool = False

    def address(self, machine: str) -> str:
        """Counted from eleven, in the order in which they were first asked for."""
        if machine not in self.holders:
            self._plug_in(machine)
        return f"10.77.0.{11 + list(self.holders).index(machine)}"

    @contextmanager
    def inside(self, machine: str) -> Iterator[None]:
        """This thread alone moves there and back."""
        self.address(machine)
        with open("/proc/thread-self/ns/net") as here, open(f"/proc/{self.holders[machine]}/ns/net") as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(here.fileno())

    def cut(self, machine: str, processes: Callable[[], list[int]]) -> None:
        """Nothing comes through any more, and nobody is told."""
        _run("ip", "link", "set", f"v{machine}", "down")

    def heal(self, machine: str, processes: Callable[[], list[int]]) -> None:
        _run("ip", "link", "set", f"v{machine}", "up")

    def _plug_in(self, machine: str) -> None:
        if not self._bridge:
            for words in ("link set lo up", "link add br0 type bridge", "addr add 10.77.0.1/24 dev br0"):
                _run("ip", *words.split())
            _run("ip", "link", "set", "br0", "up")
            self._bridge = True
        self.holders[machine] = holder = _held_namespace()
        cable = f"v{machine}"
        _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(holder))
        _run("ip", "link", "set", cable, "master", "br0", "up")
        with self.inside(machine):
            _run("ip", "link", "set", "lo", "up")
            _run("ip", "addr", "add", f"{self.address(machine)}/24", "dev", "eth0")
            _run("ip", "link", "set", "eth0", "up")


@dataclass
class Loopback:
    """Addresses 127.77.x.y, of which every computer has its own."""

    subnet: str = "127.0.0.0/8"
    machines: list[str] = field(default_factory=list)

    def address(self, machine: str) -> str:
        """Counted from eleven; two runs at once do not meet."""
        if machine not in self.machines:
            self.machines.append(machine)
        return f"127.77.{os.getppid() % 250 + 1}.{11 + self.machines.index(machine)}"

    @contextmanager
    def inside(self, machine: str) -> Iterator[None]:
        """Everybody is here."""
        yield

    def cut(self, machine: str, processes: Callable[[], list[int]]) -> None:
        _tell(processes(), signal.SIGSTOP)

    def heal(self, machine: str, processes: Callable[[], list[int]]) -> None:
        _tell(processes(), signal.SIGCONT)


def _held_namespace() -> int:
    """A process that does nothing but be in a network namespace of its own, as long as its parent lives."""
    ready, told = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(ready)
        refused = _libc.unshare(CLONE_NEWNET)
        os.write(told, bytes([bool(refused)]))
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)
    os.close(told)
    if os.read(ready, 1) != b"\0":
        raise NotAllowed("unshare")
    os.close(ready)
    return child


def _enter(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET):
        raise NotAllowed(ctypes.get_errno(), "setns")


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _tell(processes: list[int], what: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, what)
