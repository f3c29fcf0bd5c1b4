"""Settings as this process was given them: the environment over `.env`, every slip with its remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tocsin.config.dotenv import read_dotenv
from tocsin.config.problems import Place, Problem, nearest, refuse, shown
from tocsin.config.settings import PORTS, Settings, split_address
from tocsin.config.words import is_here

PREFIX = "TOCSIN_"
OTHERS = ("EVAL_DATA", "ELASTICSEARCH_URL", "STANDALONE")
"""Names with our prefix that are no settings: what tests measure and run on, and the mark of our processes."""


@dataclass(frozen=True, slots=True)
class _Given:
    """The variables with our prefix, from the environment over `.env`, and where each was set."""

    values: dict[str, str]
    places: dict[str, Place]

    def place(self, name: str) -> Place:
        return self.places.get(name, Place("environment"))

    def says(self, name: str) -> bool:
        value = self.values.get(name, "")
        return bool(value.strip()) and value.isprintable()


def read_settings(environ: Mapping[str, str], folder: Path | None = None) -> Settings:
    """Read the TOCSIN_ variables of `environ`, and under them those of `.env` in `folder` (default: the current one).

    An empty value counts as none. ConfigError: one line for each problem; no secret is repeated in it.
    """
    here = (folder or Path.cwd()).absolute()
    from_file, places, problems = read_dotenv(here / ".env")
    merged = {name: value for name, value in {**from_file, **environ}.items() if name.startswith(PREFIX)}
    given = _Given(merged, {name: place for name, place in places.items() if name not in environ})
    known = {PREFIX + field.upper(): field for field in Settings.model_fields}
    problems += [*_unknown(given, known), *_unprintable(given)]
    values = {field: given.values[name] for name, field in known.items() if given.says(name)}
    settings, wrong = _build(_with_defaults(values, here))
    wrong += _lacking(settings) if settings else []
    refuse([*problems, *(Problem(given.place(name), f"{name}: {text}") for name, text in wrong)])
    if settings is None:  # Never: what does not fit has left its problem.
        raise AssertionError("settings without fit and without problem")
    return settings


def _unknown(given: _Given, known: Mapping[str, str]) -> list[Problem]:
    """Refuse a misspelt name even when it is empty: it is why nothing changed."""
    names = sorted(set(given.values) - set(known) - {PREFIX + other for other in OTHERS})
    return [Problem(given.place(name), f"unknown setting {shown(name)}{nearest(name, known)}") for name in names]


def _unprintable(given: _Given) -> list[Problem]:
    names = [name for name, value in sorted(given.values.items()) if not value.isprintable()]
    text = "holds a line end or another control character; write it on one line"
    return [Problem(given.place(name), f"{shown(name)[1:-1]}: {text}") for name in names]


def _with_defaults(values: Mapping[str, str], here: Path) -> dict[str, Any]:
    """Fill in what depends on the folder or on another setting; all paths become whole, tasks run elsewhere."""
    home = _whole(values.get("home", ".tocsin"), here)
    project = Path(__file__).resolve().parents[2] / "config"
    filled: dict[str, Any] = {
        "config": project if project.is_dir() else here / "config",
        "store": f"sqlite:///{home}/tocsin.db",
        "batches": str(home / "batches"),
        "smtp_port": PORTS.get(values.get("smtp_tls", "starttls"), 587),
        **values,
        "home": home,
    }
    filled["config"] = _whole(str(filled["config"]), here)
    for path in {"elasticsearch_ca", "metrics_file"} & set(values):
        filled[path] = _whole(values[path], here)
    name = filled["store"].removeprefix("sqlite:///")
    if filled["store"].startswith("sqlite:///") and name not in {"", ":memory:"}:
        filled["store"] = f"sqlite:///{_whole(name, here)}"
    if "://" not in filled["batches"] and "::" not in filled["batches"]:
        filled["batches"] = str(_whole(filled["batches"], here))
    return filled


def _whole(path: str, here: Path) -> Path:
    """Make a path absolute; `~` is not unfolded where there is no home to unfold it to."""
    try:
        return here / Path(path).expanduser()
    except RuntimeError:
        return here / path


def _build(values: Mapping[str, Any]) -> tuple[Settings | None, list[tuple[str, str]]]:
    try:
        return Settings(**values), []
    except ValidationError as exc:
        # `hide_input_in_errors` keeps values out of pydantic's words; ours repeat none of a secret's either.
        errors = exc.errors(include_url=False, include_input=False)
        return None, [(PREFIX + str(error["loc"][0]).upper(), _words(error["type"], error)) for error in errors]


_NUMBERS = {
    "smtp_port": "write a port, 1 to 65535",
    "fetches_at_once": "write a whole number, 1 to 500",
    "host_spacing": "write seconds, 0 to 60",
}


def _words(kind: str, error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    number = _NUMBERS.get(str(error["loc"][0]), "write a whole number, 1 or more")
    told = {
        "value_error": f"{context.get('error')}",
        "string_pattern_mismatch": "write small letters, digits, - and _, at most 61",
        "literal_error": f"write {context.get('expected')}",
        "greater_than_equal": number,
        "less_than_equal": number,
        "int_parsing": number,
        "float_parsing": number,
    }
    return told.get(kind, f"{error['msg'].lower()}; see include/docs/configuration.md")


def _lacking(settings: Settings) -> list[tuple[str, str]]:
    """What settings lack of each other."""
    problems = []
    in_clear = settings.store.startswith("http:") and not is_here(split_address(settings.store)[1])
    if settings.elasticsearch_api_key and in_clear:
        problems.append(("TOCSIN_STORE", "http would send the API key in clear; write https://"))
    problems += _lacking_for_kibana(settings)
    if settings.smtp_host and not settings.smtp_from:
        problems.append(("TOCSIN_SMTP_FROM", "is missing; TOCSIN_SMTP_HOST needs the address that mails come from"))
    if bool(settings.smtp_username) != bool(settings.smtp_password):
        missing = "PASSWORD" if settings.smtp_username else "USERNAME"
        problems.append((f"TOCSIN_SMTP_{missing}", "is missing; set the user name and the password, or neither"))
    if settings.smtp_password and settings.smtp_tls == "none" and not is_here(settings.smtp_host or ""):
        problems.append(("TOCSIN_SMTP_TLS", "none would send the password in clear; write starttls or tls"))
    return problems


def _lacking_for_kibana(settings: Settings) -> list[tuple[str, str]]:
    secret = settings.kibana_api_key or settings.kibana_password
    problems = []
    if secret and not settings.kibana_url:
        problems.append(("TOCSIN_KIBANA_URL", "is missing; the log-in is meant for it"))
    if bool(settings.kibana_username) != bool(settings.kibana_password):
        missing = "PASSWORD" if settings.kibana_username else "USERNAME"
        problems.append((f"TOCSIN_KIBANA_{missing}", "is missing; set the user name and the password, or neither"))
    url = settings.kibana_url or ""
    if secret and url.startswith("http:") and not is_here(split_address(url)[1]):
        problems.append(("TOCSIN_KIBANA_URL", "http would send the log-in in clear; write https://"))
    return problems
