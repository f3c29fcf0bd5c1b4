"""Listening to X: what is asked for, what it may cost, and how a stream and a search make one whole."""
