"""Start nothing that we cannot stop: sessions of processes, and the signals that ask us to leave."""

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

Action = Callable[[int, FrameType | None], None] | signal.Handlers


class StopSignal(BaseException):
    """Somebody asked us to stop by SIGTERM, or closed the terminal (SIGHUP): a wish, like Ctrl-C, not an error."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def alive_in(session: int) -> list[int]:
    """Pids of the processes of a session that have not ended; empty where the system has no /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # After the command's name, which may hold anything: state, parent, group, session.
            state, _, _, sid, *_ = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(sid) == session and state not in "ZX":
                found.append(int(stat.parent.name))
    return found


def carries(pid: int, name: str, value: str) -> bool:
    """Say whether the process was started with this environment variable; False when it cannot be read."""
    try:
        return f"{name}={value}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def kill_session(session: int, patience: float = 5.0) -> None:
    """Kill every process of the session and wait, at most `patience` seconds, until none is left."""

    def killed() -> bool:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)
        left = alive_in(session)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    wait_until(killed, patience)


def wait_until(done: Callable[[], bool], patience: float) -> bool:
    """Ask ten times a second until it is done or `patience` seconds have passed; say which."""
    limit = time.monotonic() + patience
    while not (finished := done()) and time.monotonic() < limit:
        time.sleep(0.1)
    return finished


def ends_with_us() -> list[str]:
    """The words before a command that stop it (SIGTERM) when the thread that started it ends, even by being killed.

    Empty where the system has no setpriv: then only our own `finally` stops it.
    """
    return ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []


def hear_ctrl_c() -> None:
    """Make sure that SIGINT reaches us and the children that we start."""
    # A shell's `&` starts us with SIGINT ignored, and a child inherits that; a handled signal is reset by exec.
    if _in_main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into StopSignal inside the block, so that `finally` runs; main thread only."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise StopSignal(number)

    with _handling(stop, signal.SIGTERM, signal.SIGHUP):
        yield


@contextlib.contextmanager
def deaf_to(*numbers: signal.Signals) -> Iterator[None]:
    """Ignore these signals inside the block: for work that must not stop half-way."""
    with _handling(signal.SIG_IGN, *numbers):
        yield


@contextlib.contextmanager
def held_back(*numbers: signal.Signals) -> Iterator[None]:
    """Let these signals take effect after the block only: for a process that must be known before it is stopped."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    try:
        with _handling(note, *numbers):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


@contextlib.contextmanager
def _handling(action: Action, *numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in numbers} if _in_main_thread() else {}
    # `nohup` ignores SIGHUP on purpose: leave it so.
    mine = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in mine:
        signal.signal(number, action)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
