"""A model of tone as bytes and back: numbers only, nothing that could run, and a digest that tells damage.

The file is numpy's npz without pickle: arrays, and a header in JSON with the SHA-256 of the arrays. The same model
gives the same bytes.
"""

import json
import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np

from tocsin.enrich.model import ToneModel
from tocsin.enrich.model_features import BITS, RULES, VERSION
from tocsin.errors import PermanentError
from tocsin.model import Tone

LARGEST = 64 * 1024 * 1024
"""Bytes of a file, and of what it holds; a model of every bucket has 13 MB."""

_ARRAYS = {"buckets": "<u4", "weights": "<f4", "rules": "<f4", "bias": "<f4"}


def to_bytes(model: ToneModel) -> bytes:
    """Write a model; the same model gives the same bytes."""
    arrays = {name: np.ascontiguousarray(getattr(model, name), dtype) for name, dtype in _ARRAYS.items()}
    header = {
        "version": VERSION,
        "language": model.language,
        "classes": [str(tone) for tone in model.classes],
        "temperature": model.temperature,
        "rules_mark": model.rules_mark,
        "sha256": _digest(arrays),
    }
    told = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    file = BytesIO()
    # As npz, but without numpy's own writer: a file's time must not be in it.
    np.savez(file, allow_pickle=False, header=told, **arrays)
    return file.getvalue()


def from_bytes(data: bytes) -> ToneModel:
    """Read a model. PermanentError says what is wrong with it: damaged, of another version, no model."""
    try:
        _check_size(data)
        with np.load(BytesIO(data), allow_pickle=False) as file:
            header = json.loads(bytes(file["header"]))
            arrays = {name: file[name] for name in _ARRAYS}
        return _built(header, arrays)
    except PermanentError:
        raise
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as exc:
        raise PermanentError(f"no model of tone, or damaged: {exc}") from exc


def _check_size(data: bytes) -> None:
    """A few kilobytes can unpack to a terabyte."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        if max(len(data), sum(member.file_size for member in packed.infolist())) > LARGEST:
            raise PermanentError(f"larger than {LARGEST // 1_048_576} MB: no model of ours is")


def _built(header: dict[str, Any], arrays: "dict[str, np.ndarray[Any, Any]]") -> ToneModel:
    if header["version"] != VERSION:
        raise PermanentError(f"made by another version ({header['version']}, ours is {VERSION}): train it again")
    if header["sha256"] != _digest(arrays):
        raise PermanentError("damaged: its numbers are not those that were written")
    classes = tuple(Tone(name) for name in header["classes"])
    shapes = {"buckets": (len(arrays["buckets"]),), "bias": (len(classes),), "rules": (len(classes), RULES)}
    shapes["weights"] = (len(classes), len(arrays["buckets"]))
    for name, shape in shapes.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.dtype(_ARRAYS[name]):
            raise PermanentError(f"no model of tone: its {name} are {arrays[name].shape}, not {shape}")
    if len(classes) < 2 or not all(np.isfinite(arrays[name]).all() for name in ("weights", "rules", "bias")):
        raise PermanentError("no model of tone: fewer than two classes, or weights that are no numbers")
    if np.any(np.diff(arrays["buckets"].astype(np.int64)) <= 0) or arrays["buckets"].max(initial=0) >= 2 << BITS:
        raise PermanentError("no model of tone: its buckets are out of order")
    return ToneModel(
        language=str(header["language"]),
        classes=classes,
        buckets=arrays["buckets"].astype(np.int64),
        weights=arrays["weights"].astype(np.float64),
        rules=arrays["rules"].astype(np.float64),
        bias=arrays["bias"].astype(np.float64),
        temperature=min(4.0, max(0.25, float(header["temperature"]))),
        rules_mark=str(header["rules_mark"]),
    )


def _digest(arrays: "dict[str, np.ndarray[Any, Any]]") -> str:
    digest = sha256()
    for name in _ARRAYS:
        digest.update(f"{name} {arrays[name].shape} {arrays[name].dtype.str}\n".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
