"""How long an answer stays good and how long a server wants rest, as servers really say it."""

import httpx
import pytest

from tocsin.adapters.freshness import LONGEST_FRESH, fresh_for, limit_reset, retry_after

DATE = {"Date": "Mon, 02 Mar 2026 08:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "max-age=300"}, 300),
        ({"Cache-Control": 'public, MAX-AGE = "300"'}, 300),
        ({"Cache-Control": "s-maxage=9, max-age=300", "Age": "100"}, 200),
        ({"Cache-Control": "max-age=300", "Age": "400"}, None),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "no-cache, max-age=300"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=999999999"}, LONGEST_FRESH),
        ({"Cache-Control": "max-age=9999999999999999"}, LONGEST_FRESH),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Expires": "Mon, 02 Mar 2026 08:10:00 GMT", **DATE}, 600),
        ({"Expires": "Mon, 02 Mar 2026 08:10:00 GMT"}, None),
        ({"Expires": "Mon, 02 Mar 2026 07:10:00 GMT", **DATE}, None),
        ({"Expires": "0", **DATE}, None),
        ({"Expires": "Mon, 02 Mar 2026 08:10:00", **DATE}, None),
        ({"Cache-Control": "max-age=60", "Expires": "Mon, 02 Mar 2026 08:10:00 GMT", **DATE}, 60),
        ({}, None),
    ],
)
def test_fresh_for(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(httpx.Headers(headers)) == seconds


@pytest.mark.parametrize(
    ("said", "seconds"), [("120", 120), ("0", 0), ("Mon, 02 Mar 2026 08:10:00 GMT", 600), ("soon", None), ("", None)]
)
def test_retry_after(said: str, seconds: float | None) -> None:
    assert retry_after(httpx.Headers({"Retry-After": said, **DATE})) == seconds


def test_the_reset_of_a_limit_is_capped() -> None:
    assert limit_reset(httpx.Headers({"X-RateLimit-Reset": "31000000"})) == 86_400
