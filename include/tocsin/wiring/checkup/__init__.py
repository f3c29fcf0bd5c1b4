"""The check-up: one look at all that Tocsin stands on, line by line, each with its remedy."""

from tocsin.wiring.checkup.findings import Finding, State
from tocsin.wiring.checkup.looking import check_up

__all__ = ["Finding", "State", "check_up"]
