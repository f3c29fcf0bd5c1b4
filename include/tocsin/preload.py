"""Load once what every task would load again: task processes are forked from Airflow's scheduler and inherit it."""

import importlib
import os

from tocsin.config import load_config, read_settings

_HEAVY = (
    "tocsin.wiring",
    "tocsin.collect.step",
    "tocsin.enrich.step",
    "tocsin.index.step",
    "tocsin.detect.step",
    "tocsin.alert.step",
)


def preload() -> None:
    """Import the rooms, load models and lexicons of the configured languages; French alone costs 2.5 s a task.

    ConfigError: the configuration is wrong or a model is missing; the tasks would say the same.
    """
    for name in _HEAVY:
        importlib.import_module(name)
    settings = read_settings(os.environ)
    config = load_config(settings.config)
    from tocsin.enrich.entities import choose_models, load
    from tocsin.enrich.harm import judge
    from tocsin.enrich.passage import Passage
    from tocsin.wiring.tools import make_tagger

    tagger = make_tagger(config, tone_models=settings.tone_models)
    for language in config.languages:  # Lexicons are read for the first word that is judged by them.
        judge(Passage("a", "", language), ("",), tagger.tones, tagger.crisis)
    for package in choose_models(config.languages, config.models).values():
        load(package)
