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
    """Import the rooms and load the language tools of the configured languages; French alone costs 2.5 s a task.

    ConfigError: the configuration is wrong or a model is missing; the tasks would say the same.
    """
    for name in _HEAVY:
        importlib.import_module(name)
    config = load_config(read_settings(os.environ).config)
    from tocsin.enrich.entities import MODELS, load
    from tocsin.enrich.tagger import build_tagger

    build_tagger(config.brands, config.languages)
    for language in config.languages:
        if language in MODELS:
            load(MODELS[language])
