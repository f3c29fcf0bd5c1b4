"""Our objects reach a Kibana over real HTTP: created, updated, left alone, and every failure named."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from kibana_server import KibanaServer, serve_kibana, told
from tocsin.adapters.kibana import KibanaSpace, LogIn
from tocsin.errors import PermanentError, TransientError
from tocsin.kibana.step import Pushed, push_objects

VIEW = {
    "type": "index-pattern",
    "id": "t-mentions",
    "attributes": {
        "title": "t-mentions",
        "name": 'Mentions – A&B "C", <b>L\'Oréal</b>',
        "fieldAttrs": '{"a":{"x":1}}',
    },
    "references": [],
    "managed": True,
    "coreMigrationVersion": "8.8.0",
    "typeMigrationVersion": "8.0.0",
}
BOARD = {
    "type": "dashboard",
    "id": "t-now",
    "attributes": {"title": "Maintenant : « été »", "panelsJSON": '[{"panelIndex":"a"}]'},
    "references": [{"name": "a:x", "type": "index-pattern", "id": "t-mentions"}],
    "managed": True,
    "coreMigrationVersion": "8.8.0",
    "typeMigrationVersion": "8.9.0",
}
OURS = [VIEW, BOARD]
NOBODY = LogIn()


@pytest.fixture
def kibana() -> Iterator[KibanaServer]:
    with serve_kibana() as server:
        yield server


@contextmanager
def at(kibana: KibanaServer, log_in: LogIn = NOBODY, **given) -> Iterator[KibanaSpace]:
    with KibanaSpace(kibana.url, log_in, **{"patience": 0.0, **given}) as space:
        yield space


def push(kibana: KibanaServer, objects=OURS, *, dry_run=False, **given) -> Pushed:
    with at(kibana, **given) as space:
        return push_objects(objects, kibana=space, dry_run=dry_run)


def ids(objects) -> list[str]:
    return [each["id"] for each in objects]


def imports(kibana: KibanaServer) -> list[bytes]:
    return [body for _, path, body in kibana.asked if "_import" in path]


def changed(saved: dict, **attributes) -> dict:
    return {**saved, "attributes": {**saved["attributes"], **attributes}}


def test_the_first_push_creates_the_second_sends_nothing(kibana):
    first = push(kibana)
    held = json.dumps(list(kibana.objects.values()))
    second = push(kibana)
    assert (ids(first.created), first.updated, first.refused) == (["t-mentions", "t-now"], (), ())
    assert (second.created, second.updated, ids(second.unchanged)) == ((), (), ["t-mentions", "t-now"])
    assert json.dumps(list(kibana.objects.values())) == held
    assert len(imports(kibana)) == 1


def test_names_arrive_as_they_are(kibana):
    push(kibana)
    assert kibana.objects["default", "index-pattern", "t-mentions"]["attributes"] == VIEW["attributes"]
    assert kibana.objects["default", "dashboard", "t-now"]["attributes"] == BOARD["attributes"]


def test_what_differs_is_updated_and_only_that_is_sent(kibana):
    push(kibana)
    somebody = changed(BOARD, title="Mine")
    kibana.objects["default", "dashboard", "t-now"] = somebody
    pushed = push(kibana)
    assert (ids(pushed.updated), pushed.created, ids(pushed.unchanged)) == (["t-now"], (), ["t-mentions"])
    assert kibana.objects["default", "dashboard", "t-now"]["attributes"] == BOARD["attributes"]
    assert b"t-mentions" in imports(kibana)[1]  # As a reference,
    assert b'"id": "t-mentions", "attributes"' not in imports(kibana)[1]  # not as an object.


def test_a_reference_that_changed_is_a_change(kibana):
    push(kibana)
    other = {**BOARD, "references": [{**BOARD["references"][0], "name": "b:x"}]}
    assert ids(push(kibana, [VIEW, other]).updated) == ["t-now"]


def test_json_written_in_another_order_is_no_change(kibana):
    push(kibana)
    held = kibana.objects["default", "index-pattern", "t-mentions"]
    held["attributes"] = {**held["attributes"], "fieldAttrs": '{ "a" : {"x": 1} }'}
    assert push(kibana).updated == ()


def test_what_a_newer_kibana_adds_is_no_change_but_what_it_lacks_is(kibana):
    push(kibana)
    place = "default", "dashboard", "t-now"
    newer = {
        **changed(BOARD, panelsJSON='[{"panelIndex":"a","extra":{}}]', sections=[]),
        "typeMigrationVersion": "10.3.0",
    }
    kibana.objects[place] = newer
    assert push(kibana).updated == ()
    kibana.objects[place] = {**newer, "attributes": {**newer["attributes"], "panelsJSON": '[{"panelIndex":"b"}]'}}
    assert ids(push(kibana).updated) == ["t-now"]
    more = '[{"panelIndex":"a"},{"panelIndex":"b"}]'
    kibana.objects[place] = {**newer, "attributes": {**newer["attributes"], "panelsJSON": more}}
    assert ids(push(kibana).updated) == ["t-now"]
    kibana.objects[place] = {**changed(BOARD, sections=[]), "typeMigrationVersion": "8.9.0"}
    assert ids(push(kibana).updated) == ["t-now"]


def test_a_saved_search_whose_columns_a_newer_kibana_moved_into_a_tab_is_the_same(kibana):
    search = {"type": "search", "id": "s", "attributes": {"title": "S", "columns": ["a"]}, "references": []}
    search["typeMigrationVersion"] = "8.0.0"
    push(kibana, [search])
    tabs = [{"id": "1", "attributes": {"columns": ["a"], "grid": {}}}]
    moved = {**search, "typeMigrationVersion": "10.8.0", "attributes": {"title": "S", "tabs": tabs}}
    kibana.objects["default", "search", "s"] = moved
    assert push(kibana, [search]).updated == ()
    moved["attributes"]["tabs"] = [{"id": "1", "attributes": {"columns": ["b"]}}]
    assert ids(push(kibana, [search]).updated) == ["s"]


def test_a_dry_run_says_all_and_sends_nothing(kibana):
    push(kibana, [VIEW])
    pushed = push(kibana, [changed(VIEW, name="New"), BOARD], dry_run=True)
    assert (ids(pushed.created), ids(pushed.updated)) == (["t-now"], ["t-mentions"])
    assert len(imports(kibana)) == 1


PARTIAL = {
    "an unknown type": ({**BOARD, "type": "painting"}, "unsupported_type"),
    "an attribute that it does not know": (changed(BOARD, sections=[]), "unknown: [attributes.sections]: definition"),
    "a reference to nothing": (
        {**BOARD, "references": [{"name": "a", "type": "search", "id": "gone"}]},
        "missing_references: search gone",
    ),
}


@pytest.mark.parametrize(("bad", "reason"), PARTIAL.values(), ids=PARTIAL)
def test_what_kibana_refuses_is_named_and_the_rest_is_stored(kibana, bad, reason):
    pushed = push(kibana, [VIEW, bad])
    assert ids(pushed.created) == ["t-mentions"]
    (refused,) = pushed.refused
    assert refused.object == bad
    assert refused.reason.startswith(reason)


def test_an_object_that_the_answer_passes_over_counts_as_refused(kibana):
    with at(kibana) as space:
        kibana.faults = [
            told(200, success=True, successCount=1, successResults=[{"type": "dashboard", "id": "t-now"}, 7])
        ]
        (refused,) = space.store(OURS)
    assert refused.object == VIEW
    assert refused.reason == "Kibana does not say what became of it"


def test_hostile_words_of_a_reason_come_on_one_line_and_cut(kibana):
    error = {"type": "un\x1b[31mknown", "message": "a\r\nb\u202e" + "x" * 999}
    with at(kibana) as space:
        kibana.faults = [told(200, success=False, errors=[{"type": "dashboard", "id": "t-now", "error": error}])]
        (refused,) = space.store([BOARD])
    assert refused.reason.startswith("un [31mknown: a b xxx")
    assert len(refused.reason) < 350


def test_an_id_that_another_space_holds_is_told_since_links_would_not_find_the_copy(kibana):
    push(kibana)
    pushed = push(kibana, space="press")
    assert [each.object["id"] for each in pushed.refused] == ["t-mentions", "t-now"]
    assert "t-now-copy that no link finds" in pushed.refused[1].reason


def test_each_space_is_another_place(kibana):
    push(kibana, space="press")
    assert set(kibana.objects) == {("press", "index-pattern", "t-mentions"), ("press", "dashboard", "t-now")}
    with pytest.raises(PermanentError, match="has no space 'nowhere'; make it in Kibana"):
        push(kibana, space="nowhere")


LOG_INS = {
    "key": (LogIn(api_key=SecretStr("c2VjcmV0")), "ApiKey c2VjcmV0"),
    "name and password": (LogIn(username="tocsin", password=SecretStr("pass")), "Basic dG9jc2luOnBhc3M="),
}


@pytest.mark.parametrize(("log_in", "header"), LOG_INS.values(), ids=LOG_INS)
def test_the_log_in_is_shown(kibana, log_in, header):
    kibana.log_in = header
    assert len(push(kibana, log_in=log_in).created) == 2
    with pytest.raises(
        PermanentError, match=r"does not know us \(401\); set TOCSIN_KIBANA_API_KEY.*Saved Objects"
    ) as no:
        push(kibana, log_in=LogIn(api_key=SecretStr("wrong-key")))
    assert "wrong-key" not in str(no.value) + repr(log_in)


STRANGERS = {
    "too old": (told(200, version={"number": "8.8.2"}), "is Kibana 8.8.2; our dashboards need 8.9 or newer"),
    "another kind of version": (told(200, version={"number": "٨.٩"}), "does not answer as a Kibana does"),
    "a page": ((200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"), "does not answer as a Kibana does"),
    "nothing there": (told(404, message="Not Found"), "is not a Kibana"),
    "a log-in page": (
        (302, {"Location": "https://sso.example.org/in?next=secret"}, b""),
        r"to https://sso.example.org/in:",
    ),
    "forbidden": (
        told(403, message="Forbidden"),
        r"forbids it \(403\): Forbidden; our log-in needs the Kibana privilege",
    ),
    "broken": (told(500, message="boom"), "answered 500: boom"),
}


@pytest.mark.parametrize(("answer", "words"), STRANGERS.values(), ids=STRANGERS)
def test_what_is_no_kibana_of_ours_is_told_before_anything_is_sent(kibana, answer, words):
    kibana.faults = [answer]
    with pytest.raises(PermanentError, match=words):
        push(kibana)
    assert len(kibana.asked) == 1


@pytest.mark.parametrize("number", ["8.9.0", "8.12.2", "9.4.0-SNAPSHOT", "10.0.0"])
def test_newer_versions_are_taken(kibana, number):
    kibana.number = number
    assert push(kibana, []).version == number


def test_a_version_that_is_not_told_stops_nothing(kibana):
    kibana.faults = [told(200, status={"overall": {"level": "available"}})]
    assert push(kibana, []).version == ""


WHOLE = {
    "newer type version": (
        [{**BOARD, "typeMigrationVersion": "10.2.0"}],
        "answered 422: Document belongs to a more recent",
    ),
    "the same id twice": ([VIEW, VIEW], "answered 400: Non-unique import objects"),
}


@pytest.mark.parametrize(("objects", "words"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_is_refused_as_a_whole(kibana, objects, words):
    with pytest.raises(PermanentError, match=words):
        push(kibana, objects)
    assert kibana.objects == {}


def test_too_large_a_file_names_both_limits(kibana):
    kibana.limit = 100
    with pytest.raises(
        PermanentError, match=r"\(413\); raise savedObjects.maxImportPayloadBytes.*client_max_body_size"
    ):
        push(kibana)


HALF = {
    "cut JSON": (200, {}, b'{"success":true,"successRes'),
    "a page": (200, {}, b"<html>"),
    "no verdict": (200, {}, b"{}"),
    "a list": (200, {}, b"[]"),
}


@pytest.mark.parametrize("answer", HALF.values(), ids=HALF)
def test_half_an_answer_to_an_import_is_no_success(kibana, answer):
    with at(kibana) as space:
        kibana.faults = [answer]
        with pytest.raises(PermanentError, match="does not answer as a Kibana does"):
            space.store(OURS)


@pytest.mark.parametrize("body", [b'{"type":"dashboard","id"', b"<html>", b'{"a":1}', b"7", b"\xff"])
def test_half_an_answer_to_an_export_is_no_find(kibana, body):
    with at(kibana) as space:
        kibana.faults = [(200, {}, body)]
        with pytest.raises(PermanentError, match="does not answer as a Kibana does"):
            space.find([("dashboard", "t-now")])


def test_what_kibana_holds_is_seen_also_where_a_reference_of_it_is_gone(kibana):
    push(kibana)
    del kibana.objects["default", "index-pattern", "t-mentions"]
    pushed = push(kibana)
    assert (ids(pushed.created), ids(pushed.unchanged)) == (["t-mentions"], ["t-now"])


def test_an_endless_answer_is_not_read_to_its_end(kibana):
    packed = gzip.compress(bytes(65 * 1024 * 1024), 1)
    kibana.faults = [(200, {"Content-Encoding": "gzip"}, packed)]
    with pytest.raises(PermanentError, match="answers with more than 67108864 bytes"):
        push(kibana)


def test_an_answer_that_breaks_off_is_tried_again(kibana):
    kibana.faults = [(200, {"Content-Length": "9999", "Connection": "close"}, b"{")]
    assert len(push(kibana, patience=20.0).created) == 2


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_kibana_is_waited_for(kibana, status):
    kibana.faults = [(status, {"Retry-After": "0"}, b"Kibana server is not ready yet")] * 2
    assert len(push(kibana, patience=20.0).created) == 2


def test_patience_ends(kibana):
    kibana.faults = [(503, {"Retry-After": "3600"}, b"")]
    with pytest.raises(TransientError, match=r"is busy \(it answered 503\)") as busy:
        push(kibana, patience=5.0)
    assert busy.value.retry_after == 3600


def test_silence_ends_in_a_time_out(kibana):
    spoken = threading.Event()

    def silent():
        spoken.wait(20)
        return told(200)

    kibana.faults = [silent]
    with pytest.raises(TransientError, match="did not answer in time"):
        push(kibana, timeout=0.2)
    spoken.set()


def test_nobody_there():
    space = KibanaSpace("http://127.0.0.1:9", NOBODY, patience=0.0)
    with space, pytest.raises(TransientError, match="cannot be reached"):
        space.version()
