"""Tocsin, the alarm bell for brand reputation: from a feed to an e-mail when negative mentions spike."""
