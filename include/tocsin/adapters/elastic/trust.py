"""Whose certificates we believe: those of the system's authorities, or of the one that a team names."""

import ssl
from pathlib import Path

from tocsin.errors import ConfigError

_REMEDY = (
    "TOCSIN_ELASTICSEARCH_CA (in Airflow's connection: ca_certs) names the PEM file of the certificate authority; "
    "that of Elasticsearch itself lies in its folder as config/certs/http_ca.crt"
)


def trusting(ca: Path | None) -> ssl.SSLContext:
    """Believe the authority in the file `ca`, else the system's; the host's name is always checked too.

    ConfigError: the file is not there, not ours to read, or holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except ssl.SSLError as exc:  # An OSError too, so it comes first.
        raise ConfigError(f"{ca} holds no certificate in PEM; {_REMEDY}") from exc
    except OSError as exc:
        raise ConfigError(f"{ca} cannot be read ({exc.strerror or type(exc).__name__}); {_REMEDY}") from exc
