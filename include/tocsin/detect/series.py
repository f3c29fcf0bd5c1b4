"""Turn story starts into counts, because everything later works on one number per bucket and brand."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from tocsin.model import BUCKET, Series, StoryStart


def count_starts(starts: Iterable[StoryStart], brands: Sequence[str], start: datetime, watermark: datetime) -> Series:
    """Count the stories that began in each bucket of [start, watermark), both on bucket edges.

    Starts outside the span, or of other brands, are left out; the order in which they come does not matter.
    """
    rows = max((watermark - start) // BUCKET, 0)
    counts = np.zeros((rows, len(brands)), dtype=np.int64)
    column = {brand: index for index, brand in enumerate(brands)}
    for found in starts:
        row = (found.first_at - start) // BUCKET
        if found.brand in column and 0 <= row < rows:
            counts[row, column[found.brand]] += 1
    return Series(brands=tuple(brands), start=start, counts=counts)
