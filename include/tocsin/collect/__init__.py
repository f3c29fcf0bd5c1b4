"""Fetch what is due, read it, drop what we have, keep the raw batch: the ears of the house."""
