"""The one place that reads settings and the clock, and picks the adapters that fill the ports.

`tocsin.wiring.replay` stands beside: it needs every room at once, which a live task never does.
"""

from tocsin.wiring.app import App, open_app

__all__ = ["App", "open_app"]
