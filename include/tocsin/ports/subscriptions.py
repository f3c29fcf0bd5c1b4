"""What hubs promised us, kept where the rounds of collecting and the callback's server both see it."""

from typing import Protocol

from tocsin.model import Subscription


class Subscriptions(Protocol):
    """All subscriptions, each under its id."""

    def get(self, subscription_id: str) -> Subscription | None:
        """Read one, as it is this very moment; None when there is none."""
        ...

    def all(self) -> tuple[Subscription, ...]:
        """All of them, by id."""
        ...

    def save(self, subscription: Subscription) -> Subscription:
        """Store and return it with its new revision. ConflictError: the stored revision is another."""
        ...

    def drop(self, subscription: Subscription) -> bool:
        """Forget it; False when it changed since it was read, or is not there."""
        ...
