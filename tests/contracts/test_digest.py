"""Digest and notice of quiet sources on their whole way: from the stores to a real mail server, once to each."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mail_server import Inbox, serving
from tocsin.errors import TransientError
from tocsin.model import Rhythm, SourceState
from tocsin.wiring import open_app

FILES = {
    "brands": "brands: [{id: tonic, name: Tonic}]",
    "sources": "sources: [{id: news, kind: feed, url: 'https://example.org/f'}]",
    "people": """
people:
  - {id: ana, name: Ana, email: ana@example.org, digest: true}
  - {id: bob, name: Bob, email: bob@example.org}
  - {id: lea, name: Lea, email: lea@example.org, digest: true, language: fr}
""",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return {"TOCSIN_HOME": str(tmp_path / "home"), "TOCSIN_CONFIG": str(tmp_path)}


def at(port: int) -> dict[str, str]:
    mail = {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none", "FROM": "tocsin@example.org"}
    return {f"TOCSIN_SMTP_{name}": value for name, value in mail.items()}


def test_who_asks_gets_it_once_and_another_try_reaches_who_was_missed(environ: dict[str, str]) -> None:
    inbox = Inbox(answers={"RCPT": "450 later"})
    with serving(inbox) as port, open_app(environ | at(port)) as app:
        with pytest.raises(TransientError, match="2 of 2 not reached"):
            app.digest()
        inbox.answers.clear()
        assert app.digest() == {"sent": 2, "failed": 0, "had_it": 0}
        assert app.digest() == {"sent": 0, "failed": 0, "had_it": 2}
    mails = [message_from_bytes(raw, policy=policy.default) for raw in inbox.taken]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == ["ana@example.org", "lea@example.org"]
    assert "1 of 1 sources need a look" in mails[0]["Subject"]
    assert "à regarder" in mails[1]["Subject"]


def test_a_source_that_went_quiet_is_told_once_to_who_asks(environ: dict[str, str]) -> None:
    inbox = Inbox(answers={"RCPT": "450 later"})
    with serving(inbox) as port, open_app(environ | at(port)) as app:
        now = app.clock.now()
        last = now - timedelta(days=9)
        rhythm = Rhythm(last.date(), 2, (2,) * 14, last)
        assert app.tell_of_quiet() == {"sent": 0, "failed": 0, "had_it": 0}, "never read is not quiet"
        app.stores.sources.save(SourceState("news", checked_at=now, succeeded_at=now, rhythm=rhythm))
        with pytest.raises(TransientError, match="quiet sources: 2 of 2 not reached"):
            app.tell_of_quiet()
        inbox.answers.clear()
        assert app.tell_of_quiet() == {"sent": 2, "failed": 0, "had_it": 0}
        assert app.tell_of_quiet() == {"sent": 0, "failed": 0, "had_it": 2}
    subjects = [str(message_from_bytes(raw, policy=policy.default)["Subject"]) for raw in inbox.taken]
    assert subjects == ["Tocsin · unusually quiet: news", "Tocsin · anormalement calme : news"]


def test_where_nobody_asks_no_mail_server_is_needed(environ: dict[str, str]) -> None:
    (Path(environ["TOCSIN_CONFIG"]) / "people.yaml").write_text("people: []")
    with open_app(environ) as app:
        assert app.digest() == app.tell_of_quiet() == {"sent": 0, "failed": 0, "had_it": 0}
