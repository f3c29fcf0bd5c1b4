"""Decide whether people must hear about a verdict; write to them, send, remember, close."""
