"""`tocsin sources discover` as a person meets it: sites of each kind, hostile ones, what comes into sources.yaml."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from site_server import Site, feed, serve_site
from tocsin.cli import app
from tocsin.config import load_config
from tocsin.errors import ConfigError, PermanentError

RSS = "application/rss+xml"
LINK = "<link rel='alternate' type='application/rss+xml' href='{}'>"
ITEM = "<item><title>{}</title><link>/{}</link><pubDate>{:02} Mar 2026 08:00:00 GMT</pubDate></item>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "brands.yaml").write_text("brands: [{id: tonic, name: Tonic}]")
    (tmp_path / "people.yaml").write_text("people: []")
    (tmp_path / "sources.yaml").write_text("# Ours.\nsources: []\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Callable[..., Result]:
    environ = {"TOCSIN_HOME": str(folder / "home"), "TOCSIN_CONFIG": str(folder), "COLUMNS": "180"}

    def invoke(*words: str, given: str | None = None, allow: str = "127.0.0.0/8") -> Result:
        return CliRunner().invoke(
            app,
            ["sources", "discover", *words, "--spacing", "0.2"],
            env=environ | {"TOCSIN_ALLOW_NETWORKS": allow},
            input=given,
        )

    return invoke


def page(*head: str, title: str = "Le Journal") -> str:
    return f"<html><head><title>{title}</title>{''.join(head)}</head><body><h1>x</h1></body></html>"


def dated(*titles: str, name: str = "Le flux") -> str:
    items = "".join(ITEM.format(title, at, at) for at, title in enumerate(titles, 1))
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


FRENCH = (
    "Les yaourts sont rappelés dans toute la France",
    "Le maire parle de la grève des bus",
    "Il pleut encore ici",
)


def test_feeds_that_a_page_names_are_shown_with_what_they_bring(run, site) -> None:
    site.put("/", page(LINK.format("/feed.xml"), LINK.format("/same.xml"), LINK.format("/gone.xml")))
    site.put("/feed.xml", dated(*FRENCH), kind=RSS)
    site.put("/same.xml", dated(*FRENCH), kind=RSS)
    result = run(site.url)
    assert result.exit_code == 0, result.exception
    assert "Le Journal" in result.output
    assert "feed, link: Le flux" in result.output
    assert "2026-03-03 08:00 Il pleut encore ici" in result.output
    assert "3, every 1 d" in result.output
    assert "fr" in result.output
    assert "same.xml" not in result.output, "what brings the same is said once"
    assert f"not read: {site.url}/gone.xml: answered 404" in result.output
    assert site.asked_for("/rss.xml") == 0, "who names feeds is not looked through"


def test_a_page_that_names_none_is_looked_through_politely(run, site) -> None:
    site.put("/", page())
    site.put("/rss.xml", feed(("One", "/1", "x")), kind=RSS)
    result = run(site.url, "--json")
    (found,) = json.loads(result.output)["candidates"]
    assert (found["url"], found["found"]) == (f"{site.url}/rss.xml", "usual place")
    assert site.most_at_once == 1
    assert site.asked[0] == "/robots.txt"
    assert len(site.asked) <= 12


def test_a_news_sitemap_named_by_robots_txt(run, site) -> None:
    site.put("/robots.txt", f"Sitemap: {site.url}/pages.xml\nSitemap: {site.url}/actu.xml")
    site.put("/", page())
    news = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    one = "<url><loc>https://e.org/a</loc><n:news><n:publication_date>2026-03-03</n:publication_date><n:title>A</n:title></n:news></url>"
    site.put("/actu.xml", f"<?xml version='1.0'?><urlset {news}>{one}</urlset>", kind="text/xml")
    (found,) = json.loads(run(site.url, "--json").output)["candidates"]
    assert (found["url"], found["found"], found["entries"]) == (f"{site.url}/actu.xml", "news sitemap", 1)
    assert site.asked_for("/pages.xml") == 0


@pytest.mark.parametrize(
    ("head", "path", "body", "expected"),
    [
        ("<link rel='https://api.w.org/' href='/wp-json/'>", "/wp-json/wp/v2/posts",
         '[{"link": "https://e.org/a", "title": {"rendered": "A"}, "date_gmt": "2026-03-03T08:00:00"}]',
         "/wp-json/wp/v2/posts"),
        ("<meta name='generator' content='Ghost 5'>", "/page/2/",
         "<html><article><h2><a href='/a'>A</a></h2><time>12 mars 2011</time></article></html>", "/"),
        ("<meta name='generator' content='blogger'>", "/feeds/posts/default",
         "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><id>1</id></entry></feed>",
         "/feeds/posts/default"),
    ],
    ids=["wordpress", "ghost", "blogger"],
)  # fmt: skip
def test_archives_that_can_be_read(run, site, folder, head: str, path: str, body: str, expected: str) -> None:
    site.put("/", page(head, LINK.format("/feed.xml")))
    site.put("/feed.xml", dated(*FRENCH), kind=RSS)
    site.put(path, body)
    result = run(site.url, "--add", given="1,2\n")
    assert result.exit_code == 0, result.exception
    one, two = load_config(folder).sources
    assert (one.kind, two.kind, two.url) == ("feed", "archive", f"{site.url}{expected}".rstrip("/"))
    assert two.id == "127-0-0-1-archive"


def test_yes_adds_the_feeds_and_a_second_time_nothing(run, site, folder) -> None:
    site.put("/", page(LINK.format("/a.xml"), LINK.format("/b.xml"), title="Évil\x1b[2J # site"))
    site.put("/a.xml", dated("A one", "A two", name="A: {feed}"), kind=RSS)
    site.put("/b.xml", dated("B one", "B two", name="B"), kind=RSS)
    result = run(site.url, "--add", "--yes")
    assert "\x1b[2J" not in result.output
    assert "Évil" in result.output
    assert result.output.rstrip().endswith("127-0-0-1, 127-0-0-1-2")
    text = (folder / "sources.yaml").read_text()
    assert text.startswith("# Ours.\nsources:\n  # A: {feed}\n  - id: 127-0-0-1\n")
    again = run(site.url, "--add", "--yes")
    assert "is read already, as 127-0-0-1" in again.output
    assert "nothing was added" in again.output
    assert (folder / "sources.yaml").read_text() == text


def test_a_source_at_rest_is_known_too(run, site, folder) -> None:
    site.put("/feed.xml", dated(*FRENCH), kind=RSS)
    rest = f"sources:\n  - {{id: mine, kind: feed, url: '{site.url}/feed.xml?utm_source=x', enabled: false}}\n"
    (folder / "sources.yaml").write_text(rest)
    assert "is read already, as mine" in run(f"{site.url}/feed.xml").output


def test_none_and_wrong_numbers_change_nothing(run, site, folder) -> None:
    site.put("/feed.xml", dated(*FRENCH), kind=RSS)
    before = (folder / "sources.yaml").read_text()
    assert "nothing was added" in run(f"{site.url}/feed.xml", "--add", given="none\n").output
    assert isinstance(run(f"{site.url}/feed.xml", "--add", given="7\n").exception, PermanentError)
    assert (folder / "sources.yaml").read_text() == before


def test_an_address_that_is_a_feed_itself_with_thousands_of_entries(run, site) -> None:
    site.put("/f", feed(*((f"Title {n}", f"/{n}", "x") for n in range(2_500))), kind=RSS)
    (found,) = json.loads(run(f"{site.url}/f", "--json").output)["candidates"]
    assert (found["found"], found["entries"], len(found["newest"])) == ("address", 2_000, 3)


def test_a_site_that_would_lead_us_astray(run, site) -> None:
    """Feeds on private addresses, behind redirects, in a huge page: none is dialled, the good one is found."""
    site.pages["/away.xml"] = (302, {"Location": "http://10.0.0.1/feed"}, b"")
    heads = ("http://10.0.0.1/f", "http://169.254.169.254/latest", "file:///etc/passwd", "/away.xml", "/good.xml")
    site.put("/", page(*map(LINK.format, heads)) + "<p>x</p>" * 250_000)
    site.put("/good.xml", dated(*FRENCH), kind=RSS)
    found = json.loads(run(site.url, "--json").output)
    assert [one["url"] for one in found["candidates"]] == [f"{site.url}/good.xml"]
    assert len([line for line in found["refused"] if "not a public address" in line]) == 3


def test_a_page_over_the_cap_and_a_private_address_are_refused(run, site) -> None:
    site.put("/", page() + "x" * (4 * 1024 * 1024))
    assert "over" in str(run(site.url).exception)
    assert "not a public address" in str(run(site.url, allow="10.9.9.9/32").exception)


def test_robots_txt_is_kept(run, site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /")
    site.put("/", page(LINK.format("/feed.xml")))
    assert "robots.txt" in str(run(site.url).exception)
    assert site.asked == ["/robots.txt"]


def test_a_site_without_anything_says_so(run, site) -> None:
    site.put("/", page())
    result = run(site.url)
    assert isinstance(result.exception, PermanentError)
    assert "nothing that can be read was found" in str(result.exception)


@pytest.mark.parametrize("address", ["", "ftp://e.org/", "https://", "http://[::1", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(run, address: str) -> None:
    assert isinstance(run(address).exception, PermanentError)


def test_a_wrong_file_is_said_first(run, site, folder) -> None:
    (folder / "sources.yaml").write_text("sources: [{id: a}]")
    assert isinstance(run(site.url).exception, ConfigError)
    assert site.asked == []
