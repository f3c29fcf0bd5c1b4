"""A Kibana over HTTP: one of its spaces, read and written by the saved objects import API."""

from tocsin.adapters.kibana.space import KibanaSpace
from tocsin.adapters.kibana.way import LogIn

__all__ = ["KibanaSpace", "LogIn"]
