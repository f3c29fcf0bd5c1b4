"""The one place that talks to the outside: each module keeps a port's promise and translates foreign errors."""
