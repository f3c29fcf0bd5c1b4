"""The errors that Tocsin knows, sorted by one question: is another try worth it?"""


class TocsinError(Exception):
    """Root of every error that Tocsin raises on purpose; its text is fit for a person to read."""


class TransientError(TocsinError):
    """Another try may succeed: a time-out, a busy server, a lost race."""

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the other side asked us to wait, if it did."""
        self.status = status
        """What a web server answered, if it did."""


class UnknownHostError(TransientError):
    """The name has no address at present; names come back."""


class ConflictError(TransientError):
    """Somebody else changed the same document first: read it again, decide again."""


class PermanentError(TocsinError):
    """Another try meets the same end: a refused address, a missing file, a wrong password."""

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the other side asked us to wait all the same, if it did."""
        self.status = status
        """What a web server answered, if it did."""


class RefusedError(PermanentError):
    """We refuse on our own side: a private address, a body over the cap, a forbidden scheme."""


class ConfigError(PermanentError):
    """A setting is wrong; the text names file, line and remedy."""


class BadItemError(TocsinError):
    """One item cannot be read; it goes to quarantine with this reason and the rest goes on."""
