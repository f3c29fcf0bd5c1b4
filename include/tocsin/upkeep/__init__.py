"""Upkeep: let go of what has had its time, and make room for what comes."""
