"""Server-sent events off a stream of bytes: whatever a server sends, memory has an end."""

from tocsin.ports.streams import ALIVE, MESSAGE, UNREADABLE, StreamEvent


class EventReader:
    """Takes bytes as they come and gives the events that they complete, as the HTML standard writes them.

    An event of more than `cap` bytes is given as UNREADABLE, and the next one is read. A comment is a sign of life.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._rest = b""
        self._size = 0
        """Bytes of the event so far."""
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Give the events that end in this chunk."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        events = [event for line in lines if (event := self._line(line.removesuffix(b"\r")))]
        if self._size + len(rest) > self._cap:
            # Its first byte tells what line it is when its end comes: none, a comment, or one that is too long.
            self._size += 0 if rest.startswith(b":") else len(rest)
            rest = rest[:1]
        self._rest = rest
        return events

    def _line(self, line: bytes) -> StreamEvent | None:
        if not line and not self._is_over():
            return self._end()
        if not line:
            self._forget()
            return StreamEvent(UNREADABLE, f"an event of more than {self._cap} bytes")
        if line.startswith(b":"):
            return StreamEvent(ALIVE)
        self._size += len(line)
        if self._is_over():
            self._data = []
            return None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif name == b"data":
            self._data.append(value)
        return None

    def _is_over(self) -> bool:
        return self._size > self._cap

    def _end(self) -> StreamEvent | None:
        name, data = self._name or MESSAGE, b"\n".join(self._data)
        self._forget()
        return StreamEvent(name, data.decode("utf-8", "replace")) if data else None

    def _forget(self) -> None:
        self._size, self._name, self._data = 0, "", []
