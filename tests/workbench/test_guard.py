"""Attacks: other pages, other names of this machine, other people, and what is too large."""

import re
import sqlite3

import pytest
from starlette.testclient import TestClient

from commission_opt.files.spreadsheet.archive import MOST_PACKED
from commission_opt.workbench.guard import HEADERS, hosts_of
from commission_opt.workbench.memory import Memory
from workbench_served import HERE, OWN, Served

CHANGES = "/workbooks/empty"


def stranger(bench: Served) -> TestClient:
    """A client that never saw the address."""
    return TestClient(bench.client.app, HERE, follow_redirects=False)


def test_the_token_becomes_a_cookie_that_no_other_page_and_no_script_can_use(bench: Served) -> None:
    answer = stranger(bench).get("/plans", params={"token": bench.door.token, "a": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans?a=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert bench.door.token.lower() not in cookie


def test_the_token_leads_to_no_other_host(bench: Served) -> None:
    answer = stranger(bench).get(f"{HERE}//evil.example/a?token={bench.door.token}")
    assert answer.headers["location"] == "/evil.example/a"


@pytest.mark.parametrize("token", ["", "x", "é"])
@pytest.mark.parametrize("path", ["/", "/static/style.css", "/commands", "/nothing"])
def test_nothing_is_shown_without_the_token(bench: Served, token: str, path: str) -> None:
    answer = stranger(bench).get(path, params={"token": token})
    assert answer.status_code == 401
    assert "commission-opt serve" in answer.text


def test_nothing_is_done_without_the_cookie(bench: Served) -> None:
    for cookie in ("", "x", bench.door.token):
        asks = stranger(bench)
        asks.cookies.set(bench.door.cookie, cookie)
        assert asks.post(CHANGES, headers=OWN).status_code == 401
    assert bench.bench.store.jobs() == []


@pytest.mark.parametrize(
    "host",
    ["evil.example:8484", "127.0.0.1", "127.0.0.1:80", "", "127.0.0.1:8484.evil.example", "0:8484"],
)
def test_a_page_that_turns_its_name_to_this_machine_gets_nothing(bench: Served, host: str) -> None:
    for method in ("GET", "POST"):
        answer = bench.client.request(method, "/", headers={"host": host, **OWN})
        assert answer.status_code == 421
    assert bench.client.get("/", headers={"host": "LOCALHOST:8484"}).status_code == 200


def test_two_hosts_are_none(bench: Served) -> None:
    hosts = [("host", "127.0.0.1:8484"), ("host", "evil.example")]
    assert bench.client.get("/", headers=hosts).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-site"},
        {"origin": "http://localhost:8484"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "none"},
        {"sec-fetch-site": "same-site"},
        {"referer": HERE},
    ],
)
def test_another_page_can_do_nothing(bench: Served, headers: dict[str, str]) -> None:
    assert bench.client.post(CHANGES, headers=headers).status_code == 403
    assert bench.bench.store.jobs() == []


def test_every_form_is_guarded(bench: Served) -> None:
    routes = [r for r in bench.client.app.app.routes if "POST" in (r.methods or ())]  # type: ignore[attr-defined]
    assert len(routes) > 20
    for route in routes:
        path = re.sub(r"{\w+(:int)?}", "1", route.path)
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert bench.client.post(path, headers=evil).status_code == 403, path
        assert stranger(bench).post(path, headers=OWN).status_code == 401, path
    assert bench.bench.store.jobs() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_can_embed_nothing(bench: Served, site: str) -> None:
    asked = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    assert bench.client.get("/log/round.sh", headers=asked).status_code == 403
    frame = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    assert bench.client.get("/", headers=frame).status_code == 403
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert bench.client.get("/", headers=link).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_there_are_no_other_methods(bench: Served, method: str) -> None:
    assert bench.client.request(method, "/", headers=OWN).status_code == 405


def test_looking_changes_nothing(bench: Served) -> None:
    for route in ("/upload", CHANGES, "/instances/shipped"):
        assert bench.client.get(route).status_code in (404, 405)
    assert bench.bench.store.instances() == []


def test_what_is_too_large_is_refused_whatever_it_says_of_its_size(bench: Served) -> None:
    length = str(MOST_PACKED + 2**21)
    told = bench.client.post("/upload", headers={**OWN, "content-length": length}, content=b"x")
    assert told.status_code == 413
    piece = bytes(2**20)
    endless = (piece for _ in range((MOST_PACKED >> 20) + 3))
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = bench.client.post("/upload", headers={**OWN, **kind}, content=endless)
    assert answer.status_code in (400, 413)
    assert list((bench.bench.workspace.root / "instances").iterdir()) == []


def test_every_answer_says_what_may_run_in_it(
    bench: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    answers = [bench.client.get(path) for path in ("/", "/nothing", "/static/page.js")]
    answers += [stranger(bench).get("/"), bench.client.post("/upload")]
    monkeypatch.setattr(Memory, "jobs", broken)
    answers.append(bench.client.get("/commands"))
    assert [answer.status_code for answer in answers] == [200, 404, 200, 401, 403, 500]
    assert "secret" not in answers[-1].text
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    rules = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in rules
    assert rules.startswith("default-src 'none'")


def test_names_of_the_machine_are_written_as_browsers_write_them() -> None:
    assert hosts_of("::1", 80, ("localhost",)) == {"[::1]:80", "localhost:80"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
        (OSError(28, "No space left on device", "jobs/1"), "jobs/1 cannot be used: No space left"),
    ],
)
def test_a_full_disk_is_said_to_be_full(
    bench: Served, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr(Memory, "add_job", full)
    answer = bench.client.post(CHANGES, headers=OWN)
    assert answer.status_code == 507
    assert said in answer.text
