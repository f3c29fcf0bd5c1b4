"""Documents that are small to send and endless to parse: each is refused, or read in a moment."""

import time

import pytest

from tocsin.collect.bombs import ATTRIBUTES_CAP, NAMESPACES_CAP, TAGS_CAP
from tocsin.collect.parse_feed import PATIENT_CAP, PATIENT_MARKS, parse_feed
from tocsin.errors import PermanentError, RefusedError

HEAD, TAIL = "<rss><channel><item><title>t</title>", "</item></channel></rss>"
LAUGHS = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
MANY = ATTRIBUTES_CAP + 1

REFUSED = {
    "depth": HEAD + "<a>" * (TAGS_CAP + 1),
    "items": "<rss><channel>" + "<item/>" * (TAGS_CAP + 1) + "</channel></rss>",
    "attributes": HEAD + "<a " + " ".join(f"a{n}=''" for n in range(MANY)) + "/>" + TAIL,
    "namespaces": HEAD + "".join(f"<a xmlns:a{n}='u'>" for n in range(NAMESPACES_CAP + 1)),
    "UTF-7": '<?xml version="1.0" encoding="UTF-7"?>' + HEAD + "+ADw-a>" + TAIL,
}
READ = {
    "billion laughs": f'<!DOCTYPE rss [<!ENTITY e0 "ha">{LAUGHS}]>{HEAD}&e9;{TAIL}',
    "quadratic blow-up": f'<!DOCTYPE rss [<!ENTITY e "{"x" * 50_000}">]>{HEAD}<a>{"&e;" * 50_000}</a>{TAIL}',
    "depth below the cap": HEAD + "<a>" * (TAGS_CAP - 10),
    "broken, with depth": HEAD + "&" + "<div>" * (PATIENT_MARKS // 2),
    "ampersands": HEAD + f"<author>{'&' * PATIENT_CAP}</author>" + TAIL,
    "one long word": HEAD + f"<author>{'x' * PATIENT_CAP}</author>" + TAIL,
    "an open comment": HEAD + TAIL + "<!--" + "-" * PATIENT_CAP,
    "an open tag": HEAD + TAIL + "<description" + " " * PATIENT_CAP,
}


@pytest.mark.parametrize("bomb", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-32"])
def test_a_bomb_is_refused_before_any_parser_sees_it(bomb: str, codec: str) -> None:
    if "UTF-7" in bomb and codec != "utf-8":
        return
    with pytest.raises(RefusedError, match=r"a (document|tag) (of over|in)"):
        parse_feed(bomb.encode(codec))


def test_ebcdic_hides_no_tags() -> None:
    with pytest.raises(RefusedError, match="EBCDIC"):
        parse_feed(('<?xml version="1.0" encoding="cp037"?>' + HEAD + TAIL).encode("cp037"))


@pytest.mark.parametrize("bomb", READ.values(), ids=READ)
def test_a_bomb_below_the_caps_costs_seconds_at_most_and_the_item_is_read(bomb: str) -> None:
    start = time.process_time()
    assert parse_feed(bomb.encode())[0].title.startswith("t")
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"items":' + b"[" * 100_000,
        b'{"items":' + b"[" * 90_000 + b"]" * 90_000 + b"}",
        b'{"items":[' + b"9" * 9_000 + b"]}",
        *(b"{", b"{}", b'{"items": 1}', b'{"error": "no"}'),
    ],
    ids=lambda bomb: repr(bomb[:12]),
)
def test_json_that_is_deep_or_no_feed_is_refused(bomb: bytes) -> None:
    with pytest.raises(PermanentError, match="JSON"):
        parse_feed(bomb)


def test_markup_of_large_honest_feeds_passes() -> None:
    picture = f"<img src='data:image/png;base64,{'A' * 200_000}=='/>"
    item = f"<item><title>t</title><description><![CDATA[{picture}{'<p>x</p>' * 50}]]></description></item>"
    assert len(parse_feed(f"<rss><channel>{item * 60}</channel></rss>".encode())) == 60
