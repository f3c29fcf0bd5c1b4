"""The trained models of tone that TOCSIN_TONE_MODELS names; where one cannot be used, the rules go on."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.errors import TocsinError

if TYPE_CHECKING:
    from tocsin.enrich.model import ToneModel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToneModels:
    """The models by language, and why one is not used."""

    models: Mapping[str, "ToneModel"] = field(default_factory=dict)
    places: Mapping[str, Path] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    outdated: tuple[str, ...] = ()
    """Languages whose model learnt beside other rules than today's: it works, and should be trained again."""


def find_models(asked: str, languages: Sequence[str]) -> ToneModels:
    """Load what TOCSIN_TONE_MODELS says (a folder, or `en=FILE,fr=FILE`) for these languages; "" asks for none.

    A folder need not have a model for each language. What cannot be read is a trouble, and never an error.
    """
    models, troubles = dict[str, "ToneModel"](), dict[str, str]()
    places = {language: path for language, path in _places(asked).items() if language in languages}
    for language, path in places.items():
        try:
            models[language] = _load(path, language)
        except (OSError, TocsinError) as exc:
            troubles[language] = f"{path}: {exc.strerror if isinstance(exc, OSError) else exc}"
    return ToneModels(models, {language: places[language] for language in models}, troubles, _outdated(models))


def load_models(asked: str | None, languages: Sequence[str]) -> Mapping[str, "ToneModel"]:
    """Give the models that can be used; why another cannot is logged."""
    found = find_models(asked or "", languages)
    for language, trouble in found.troubles.items():
        log.warning("tone of %s by the rules alone, its model cannot be used: %s", language, trouble)
    return found.models


def _places(asked: str) -> dict[str, Path]:
    if not asked:
        return {}
    if "=" in asked:
        pairs = (part.partition("=") for part in asked.split(","))
        return {language.strip(): Path(path.strip()) for language, _, path in pairs}
    folder = Path(asked)
    if not folder.is_dir():
        return {language: folder / f"tone-{language}.npz" for language in ("en", "fr")}
    return {path.stem.removeprefix("tone-"): path for path in sorted(folder.glob("tone-??.npz"))}


def _load(path: Path, language: str) -> "ToneModel":
    from tocsin.enrich.model_file import LARGEST, from_bytes
    from tocsin.errors import PermanentError

    with path.open("rb") as file:
        model = from_bytes(file.read(LARGEST + 1))
    if model.language != language:
        raise PermanentError(f"is a model of {model.language}, not of {language}")
    return model


def _outdated(models: Mapping[str, "ToneModel"]) -> tuple[str, ...]:
    if not models:
        return ()
    from tocsin.enrich.model_features import rules_mark
    from tocsin.enrich.tone import Thresholds, ToneReader

    tones = ToneReader(Thresholds())
    return tuple(name for name, model in models.items() if model.rules_mark != rules_mark(name, tones))
