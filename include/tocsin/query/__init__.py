"""The query language of brands: which words name a brand, in which company, and where not."""

from tocsin.query.bounds import Abilities, Bound, widened
from tocsin.query.mistakes import FIELDS, QueryError
from tocsin.query.names import finds_by, naming_part
from tocsin.query.parsing import LONGEST, parse_query
from tocsin.query.searches import Search, searches
from tocsin.query.syntax import (
    Context,
    Either,
    Every,
    Field,
    Near,
    Node,
    Not,
    Term,
    fields_in,
    parts_of,
    shortened,
    terms_in,
)

__all__ = [
    "FIELDS",
    "LONGEST",
    "Abilities",
    "Bound",
    "Context",
    "Either",
    "Every",
    "Field",
    "Near",
    "Node",
    "Not",
    "QueryError",
    "Search",
    "Term",
    "fields_in",
    "finds_by",
    "naming_part",
    "parse_query",
    "parts_of",
    "searches",
    "shortened",
    "terms_in",
    "widened",
]
