"""Look at everything in turn, and go on whatever is broken: what is missing is said, once, with its remedy."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tocsin.adapters.batches import FsspecBatches
from tocsin.adapters.smtp import SmtpNotifier
from tocsin.config import Config, Settings, load_config, read_settings
from tocsin.errors import ConfigError, TocsinError
from tocsin.model import Stage
from tocsin.ports import Clock
from tocsin.wiring.checkup import findings
from tocsin.wiring.checkup.findings import Finding, broken, degraded, ok
from tocsin.wiring.networks import network_access
from tocsin.wiring.outside import FindConnection, SystemClock, choose_notifier
from tocsin.wiring.stores import Stores, open_stores

if TYPE_CHECKING:  # The client costs a third of a second to import; only its users pay it.
    from tocsin.adapters.elastic import ElasticStores

Look = Callable[[], Iterator[Finding]]


def check_up(environ: Mapping[str, str], *, find_connection: FindConnection | None = None) -> Iterator[Finding]:
    """Give a finding for each thing that Tocsin stands on, as it is found; nothing is changed and no mail sent."""
    try:
        settings = read_settings(environ)
        config = load_config(settings.config)
    except ConfigError as exc:
        yield broken(
            "settings", str(exc), "mend what the lines name; `tocsin config check` says more", wrong_setting=True
        )
        return
    clock = SystemClock()
    yield ok("settings", f"store {settings.store}, home {settings.home}")
    yield from _config(settings, config)
    yield from _guarded("home", lambda: _home(settings))
    yield from _guarded("batches", lambda: _batches(settings))
    yield from _guarded("store", lambda: _store(settings, config, clock, find_connection))
    yield from _guarded("networks", lambda: _networks(settings, config, find_connection), worst=findings.degraded)
    yield from _guarded("mail", lambda: _mail(settings, clock, find_connection), worst=findings.degraded)
    yield from _guarded("kibana", lambda: _kibana(settings), worst=findings.degraded)
    yield from _guarded("models", lambda: _models(config))
    yield from _guarded("tone", lambda: _tone(settings, config), worst=findings.degraded)


def _guarded(what: str, look: Look, worst: Callable[[str, str, str], Finding] = broken) -> Iterator[Finding]:
    """Let one look fail without ending the others."""
    try:
        yield from look()
    except ConfigError as exc:
        yield broken(what, str(exc), "mend this setting", wrong_setting=True)
    except (TocsinError, OSError) as exc:
        yield worst(what, str(exc), "see the reason; include/docs/operations.md says more")


def _config(settings: Settings, config: Config) -> Iterator[Finding]:
    told = f"{len(config.brands)} brands, {len(config.sources)} sources, {len(config.people)} people"
    advice = config.advice()
    if advice:
        yield degraded("config", f"{told}: {'; '.join(advice)}", f"look into {settings.config}")
    else:
        yield ok("config", told)


def _home(settings: Settings) -> Iterator[Finding]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.home) as file:
        file.write(b"tocsin")
    yield ok("home", f"{settings.home} can be written")
    yield findings.judge_disk("disk", shutil.disk_usage(settings.home).free)


def _batches(settings: Settings) -> Iterator[Finding]:
    batches = FsspecBatches(settings.batches)
    batches.probe()
    waiting = [len(batches.pending(stage)) for stage in (Stage.RAW, Stage.ENRICHED, Stage.VERDICTS)]
    yield findings.judge_waiting(*waiting)


def _store(
    settings: Settings, config: Config, clock: Clock, find_connection: FindConnection | None
) -> Iterator[Finding]:
    with open_stores(settings, config.brands, find_connection) as stores:
        if settings.store.startswith("sqlite:"):
            yield ok("store", f"SQLite, {stores.mentions.total():,} mentions")
        else:
            yield from _elastic(stores, clock)
        now = clock.now()
        yield from findings.judge_sources(config.sources, stores.sources.all(), now)
        open_ones = [incident.brand for incident in stores.incidents.all() if incident.closed_at is None]
        yield ok("incidents", f"open: {findings.some(open_ones)}" if open_ones else "none is open")


def _elastic(stores: Stores, clock: Clock) -> Iterator[Finding]:
    from tocsin.adapters.elastic import ElasticStores
    from tocsin.adapters.elastic.examination import Examination

    if not isinstance(stores, ElasticStores):
        return  # Never: the scheme said so.
    node = Examination(stores.cluster, stores.indices)
    yield findings.judge_version(node.version())
    yield findings.judge_clock(clock.now(), node.clock())
    yield findings.judge_privileges(node.missing_privileges())
    yield findings.judge_features(node.lacking())
    if newer := node.newer_templates():
        yield broken("templates", f"{findings.some(newer)} were written by a newer Tocsin", "update this Tocsin")
    else:
        yield ok("templates", "none is newer than ours")
    yield findings.judge_health(*node.health(), node.blocks())
    yield from findings.judge_months(node.sizes(), _outdated(stores))
    yield ok("store", f"Elasticsearch {stores.cluster.url}, {stores.mentions.total():,} mentions")


def _outdated(stores: "ElasticStores") -> list[str]:
    return [month for kind in stores.monthly for month in stores.reindexing(kind).outdated()]


def _networks(settings: Settings, config: Config, find_connection: FindConnection | None) -> Iterator[Finding]:
    yield from findings.judge_networks(config.sources, network_access(settings, config, find_connection))


def _mail(settings: Settings, clock: Clock, find_connection: FindConnection | None) -> Iterator[Finding]:
    notifier = choose_notifier(settings, clock, find_connection)
    if not isinstance(notifier, SmtpNotifier):
        told = "no mail server is set" + (
            "" if find_connection else "; Airflow's smtp_default is seen in Airflow only"
        )
        yield degraded(
            "mail", told, "set TOCSIN_SMTP_HOST, or Airflow's connection smtp_default: nobody is told else"
        )
        return
    notifier.greet()
    how = {"none": "in clear", "starttls": "with STARTTLS", "tls": "by TLS"}[notifier.tls]
    yield ok("mail", f"{notifier.host}:{notifier.port} answers {how}; no log-in was tried and nothing sent")


def _kibana(settings: Settings) -> Iterator[Finding]:
    if settings.kibana_url is None:
        yield ok("kibana", "none is set: mails hold no link to it")
        return
    from tocsin.adapters.kibana.space import KibanaSpace
    from tocsin.adapters.kibana.way import LogIn

    log_in = LogIn(settings.kibana_api_key, settings.kibana_username, settings.kibana_password)
    with KibanaSpace(settings.kibana_url, log_in, space=settings.kibana_space, patience=0, timeout=10) as kibana:
        number = kibana.version()
    yield ok("kibana", f"{settings.kibana_url} answers, version {number or 'not told'}")


def _models(config: Config) -> Iterator[Finding]:
    from tocsin.enrich.entities import choose_models

    wanted = choose_models(config.languages, config.models).values()
    missing = [name for name in wanted if find_spec(name) is None]
    if missing:
        remedy = "run `make setup`, or install what brands.yaml names under `models`; nothing is enriched else"
        yield broken("models", f"not installed: {', '.join(missing)}", remedy)
    else:
        yield ok("models", ", ".join(wanted) or "none is needed")


def _tone(settings: Settings, config: Config) -> Iterator[Finding]:
    from tocsin.wiring.tone_models import find_models

    yield findings.judge_tone(find_models(settings.tone_models or "", config.languages), config.languages)
