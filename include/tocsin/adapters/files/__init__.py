"""Recorded posts on this machine's disk, whatever their form: tables, mailboxes, crawled pages, kept feeds."""

from tocsin.adapters.files.archive import LocalArchive
from tocsin.adapters.files.lines import LINE_CAP
from tocsin.adapters.files.rows import FIELD_CAP

__all__ = ["FIELD_CAP", "LINE_CAP", "LocalArchive"]
