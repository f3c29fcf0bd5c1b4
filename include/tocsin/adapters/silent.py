"""A channel that reaches nobody: replays tell the same people in the same words, and no mail leaves."""

from dataclasses import dataclass, field

from tocsin.model import Message


@dataclass(frozen=True, slots=True)
class SilentNotifier:
    """Takes every message, keeps its id in order and sends nothing."""

    channel: str = "silent"
    ids: list[str] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Note the message's id; never fails."""
        self.ids.append(message.id)
