"""The one place that reads settings and the clock, and picks the adapters that fill the ports."""

from tocsin.wiring.app import App, open_app
from tocsin.wiring.replay import replay_archive, write_outcome

__all__ = ["App", "open_app", "replay_archive", "write_outcome"]
