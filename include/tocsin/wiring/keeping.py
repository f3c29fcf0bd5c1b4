"""What a person may ask of what is kept: try quarantine again, forget an author."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.collect.clean import clean_line
from tocsin.collect.identity import pseudonym
from tocsin.index.erasing import Author, Erased, erase_author, find_author
from tocsin.index.retrying import Retried, retry_items
from tocsin.model import BadItem
from tocsin.wiring.outside import pseudonym_key

if TYPE_CHECKING:
    from tocsin.wiring.app import App


@dataclass(frozen=True, slots=True)
class Keeper:
    """Quarantine and erasure over the stores of one app."""

    app: "App"

    def retry(self, ids: Sequence[str] | None) -> Retried:
        """Give these items of quarantine to the store again, or all (None); ids that are not there count nothing."""
        stores = self.app.stores
        return retry_items(
            stores.quarantine.stream() if ids is None else self._items(ids),
            mentions=stores.mentions,
            quarantine=stores.quarantine,
            reports=stores.reports,
            erasures=stores.erasures,
            now=self.app.clock.now(),
        )

    def author(self, name: str, network: str) -> Author:
        """Whom a name means on a network: the pseudonym that collect gives it, with the same key."""
        name = clean_line(name)
        return Author(pseudonym(name, network, pseudonym_key(self.app.settings)), name)

    def find(self, author: Author) -> Erased:
        """Count what is kept of the author."""
        stores = self.app.stores
        return find_author(author, batches=self.app.batches, mentions=stores.mentions, quarantine=stores.quarantine)

    def erase(self, author: Author) -> Erased:
        """Forget the author, for good and from now on."""
        stores = self.app.stores
        return erase_author(
            author,
            batches=self.app.batches,
            mentions=stores.mentions,
            quarantine=stores.quarantine,
            erasures=stores.erasures,
            now=self.app.clock.now(),
        )

    def _items(self, ids: Sequence[str]) -> Iterator[BadItem]:
        found = (self.app.stores.quarantine.get(item_id) for item_id in dict.fromkeys(ids))
        return (item for item in found if item is not None)
