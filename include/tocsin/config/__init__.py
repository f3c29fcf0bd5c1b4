"""Read settings and configuration files once, and say all that is wrong with them, each with its place and remedy."""

from tocsin.config.columns import load_columns
from tocsin.config.files import Config, ToneLimits, load_config, parse_config
from tocsin.config.problems import nearest, shown
from tocsin.config.reading import read_settings
from tocsin.config.schema import json_schemas, write_schemas
from tocsin.config.settings import AIRFLOW_STORE, Settings
from tocsin.config.words import is_here, parse_moment

__all__ = [
    "AIRFLOW_STORE",
    "Config",
    "Settings",
    "ToneLimits",
    "is_here",
    "json_schemas",
    "load_columns",
    "load_config",
    "nearest",
    "parse_config",
    "parse_moment",
    "read_settings",
    "shown",
    "write_schemas",
]
