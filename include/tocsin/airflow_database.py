"""What Airflow hands to SQLite when it connects. Its setting takes the name of a thing to import, not a value."""

PATIENCE = {"timeout": 30}
"""Seconds to wait for another writer. SQLite's own 5 were too few on two busy cores, and Airflow said 500."""
