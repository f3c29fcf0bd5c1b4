"""Put enriched mentions into the store, each exactly once."""
