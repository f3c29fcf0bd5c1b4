"""One space of a Kibana: which of our objects it holds, and how they get there."""

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from tocsin.adapters.kibana import answers
from tocsin.adapters.kibana.way import PATIENCE, TIMEOUT, Answer, LogIn, Way
from tocsin.errors import PermanentError, TransientError
from tocsin.ports import Refused, SavedObject

OLDEST = (8, 9)
"""The first Kibana that takes our objects."""


class KibanaSpace:
    """Keeps the promise of the port SavedObjects. Use as `with KibanaSpace(url, log_in) as kibana`."""

    def __init__(
        self,
        url: str,
        log_in: LogIn,
        *,
        space: str = "default",
        patience: float = PATIENCE,
        timeout: float = TIMEOUT,
    ) -> None:
        self._way = Way(url, log_in, patience=patience, timeout=timeout)
        self._space = space

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._way.close()

    def version(self) -> str:
        """Give Kibana's version, "" where it is not told. PermanentError: no Kibana, too old, or no such space."""
        url = self._way.url
        number = answers.version(self._get("/api/status", f"{url} is not a Kibana: it has no /api/status (404)"))
        if number is None:
            raise PermanentError(f"{url} does not answer as a Kibana does; is this its own address?")
        if number and answers.is_older(number, OLDEST):
            raise PermanentError(f"{url} is Kibana {number}; our dashboards need 8.9 or newer")
        if self._space != "default":
            remedy = "make it in Kibana under Stack Management > Spaces, or name another"
            self._get(f"/api/spaces/space/{self._space}", f"{url} has no space '{self._space}'; {remedy}")
        return number

    def find(self, keys: Sequence[tuple[str, str]]) -> Sequence[SavedObject]:
        """Give those that the space holds. One that it lacks spoils the answer, which names all of these."""
        wanted = list(dict.fromkeys(keys))
        for _ in range(3):  # The second time they are all there, unless somebody deletes while we look.
            if not wanted:
                return []
            answer = self._way.ask("POST", self._path("_export"), json=_asked(wanted))
            if answer.status == 200:
                return self._lines(answer)
            gone = answers.lacking(answer.told)
            if answer.status != 400 or not gone & set(wanted):
                raise self._way.refusal(answer)
            wanted = [key for key in wanted if key not in gone]
        raise TransientError(f"{self._way.url}: its objects change while we look at them")

    def store(self, objects: Sequence[SavedObject]) -> Sequence[Refused]:
        """Create or overwrite; Kibana answers 200 whatever it refuses, so each object is looked for in the answer."""
        body = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()
        file = ("tocsin.ndjson", body, "application/ndjson")  # Without that ending Kibana takes no file.
        answer = self._way.ask("POST", self._path("_import"), params={"overwrite": "true"}, files={"file": file})
        if answer.status != 200 or not isinstance(answer.told.get("success"), bool):
            raise self._way.refusal(answer)
        given = {(each["type"], each["id"]): each for each in objects}
        found = answers.troubles(answer.told, given)
        return [Refused(given[key], reason) for key, reason in found.items()]

    def _path(self, what: str) -> str:
        space = "" if self._space == "default" else f"/s/{self._space}"
        return f"{space}/api/saved_objects/{what}"

    def _get(self, path: str, absent: str) -> dict[str, Any]:
        answer = self._way.ask("GET", path)
        if answer.status == 404:
            raise PermanentError(absent)
        if answer.status != 200:
            raise self._way.refusal(answer)
        return answer.told

    def _lines(self, answer: Answer) -> list[SavedObject]:
        try:
            found = [json.loads(line) for line in answer.body.split(b"\n") if line.strip()]
        except ValueError as exc:
            raise self._way.refusal(answer) from exc
        if not all(isinstance(each, dict) and isinstance(each.get("attributes"), dict) for each in found):
            raise self._way.refusal(answer)
        return found


def _asked(keys: Sequence[tuple[str, str]]) -> dict[str, Any]:
    # Not deep: a reference that the space lacks would spoil the answer as well.
    objects = [{"type": kind, "id": name} for kind, name in keys]
    return {"objects": objects, "includeReferencesDeep": False, "excludeExportDetails": True}
