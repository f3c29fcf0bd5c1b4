"""What an SQLite file wants done for itself now and then: nothing."""

from datetime import datetime


class SqliteCare:
    """The care of one file. It has no months to make ready, and room that was left is used again."""

    def care(self, now: datetime) -> tuple[str, ...]:  # noqa: ARG002 - the port's word
        """Do nothing, and have nothing to say."""
        return ()
