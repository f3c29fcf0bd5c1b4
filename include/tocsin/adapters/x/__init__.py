"""X by tweepy: its API v2 behind the port X, errors translated, the token where no log can see it."""

from tocsin.adapters.x.client import TweepyX

__all__ = ["TweepyX"]
