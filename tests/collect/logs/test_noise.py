from datetime import UTC, datetime
from typing import Any

import pytest

from waypost.collect.formats import FileFormat, Format, reader_of
from waypost.collect.gathering import Gathering
from waypost.collect.log_rules import Waivable
from waypost.collect.logs.agents import MOST_AGENTS, Agents
from waypost.collect.logs.noise import MOST_ADDRESSES, OwnNoise
from waypost.collect.source_rules import SourceRules
from waypost.core import Actor

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://bots.example)"
PATTERN = r'(?P<address>\S+) (?P<user>\S+) \[(?P<time>[^]]+)\] "(?P<request>[^"]+)" (?P<status>\S+) "(?P<agent>[^"]*)"'
#: One line of each rule that a source may be without.
LINES: dict[str, dict[str, Any]] = {
    "health_check": {"request": "GET /healthz"},
    "monitor": {"agent": "Site24x7"},
    "bot": {"agent": GOOGLE},
    "probe_method": {"request": "HEAD /reports"},
    "browser_chore": {"request": "GET /favicon"},
    "internal": {"address": "127.0.0.1"},
    "static_file": {"request": "GET /guide.css"},
    "redirect": {"status": "302"},
    "client_error": {"status": "404"},
    "server_error": {"status": "500"},
    "no_answer": {"status": "-"},
}


def read(noise: dict[str, Any], **parts: str) -> Gathering:
    document = {"key": "web", "source": "web", "log": {"noise": noise}}
    rules = SourceRules.from_document(document, where="test").log
    said = {"address": "203.0.113.9", "user": "ada@acme.example", "request": "GET /reports", "status": "200"}
    said |= {"agent": BROWSER, **parts}
    asked = FileFormat(Format.PATTERN, written=PATTERN, means=rules)
    gathering = Gathering("web", NOW)
    line = '{address} {user} [01/Jun/2026:10:00:00 +0000] "{request} HTTP/1.1" {status} "{agent}"'
    reader_of(asked)(line.format(**said).encode(), gathering)
    return gathering


def outcome(gathering: Gathering) -> str:
    (name,) = (*gathering.noise, *(each.name for each in gathering.events))
    return name


@pytest.mark.parametrize("rule", LINES)
def test_each_rule_holds_until_a_source_is_without_it(rule: str) -> None:
    assert outcome(read({}, **LINES[rule])) == rule
    assert outcome(read({"keep": [rule]}, **LINES[rule])).split(" ")[0] in ("GET", "HEAD")


def test_every_rule_that_may_be_waived_is_tried_here() -> None:
    assert list(LINES) == [each.value for each in Waivable]


@pytest.mark.parametrize(
    ("noise", "parts", "expected"),
    [
        ({"internal": ["203.0.113.0/24"]}, {}, "internal"),
        ({"internal": ["203.0.113.9"]}, {"address": "::ffff:203.0.113.9"}, "internal"),
        ({"internal": ["2001:db8::/32"]}, {"address": "[2001:db8::7]"}, "internal"),
        ({"internal": ["203.0.114.0/24", "2001:db8::/32"]}, {}, "GET /reports"),
        ({"internal": ["10.0.0.0/8"]}, {"address": "client.example"}, "GET /reports"),
        ({"paths": ["/api/poll"]}, {"request": "POST /api/poll/?x=1"}, "own_path"),
        ({"paths": ["GET /api/:version/poll/*"]}, {"request": "GET /api/v2/poll/17/x"}, "own_path"),
        ({"paths": ["GET /api/poll"]}, {"request": "POST /api/poll"}, "POST /api/poll"),
        ({"agents": ["acme-probe"]}, {"agent": "Mozilla/5.0 Acme-Probe/2"}, "own_agent"),
        ({"agents": ["acme.probe"]}, {"agent": "acme-probe/2"}, "GET /reports"),
        ({"people": ["*@acme.example"]}, {"user": "Ada@acme.example"}, "internal_person"),
        ({"people": ["test-*", "qa"]}, {"user": "qa@acme.example"}, "GET /reports"),
        ({"keep": ["static_file"]}, {"request": "GET /guide.css", "status": "404"}, "client_error"),
        ({"keep": ["internal"], "internal": ["203.0.113.9"]}, {}, "internal"),
    ],
)
def test_a_source_has_noise_of_its_own(noise: dict[str, Any], parts: dict[str, str], expected: str) -> None:
    assert outcome(read(noise, **parts)) == expected


def test_a_bot_that_is_kept_is_automated_use() -> None:
    assert [each.actor for each in read({"keep": ["bot"]}, agent=GOOGLE).events] == [Actor.AUTOMATED]


def test_agents_and_addresses_without_end_need_no_memory_without_end() -> None:
    rules = SourceRules.from_document(
        {"key": "w", "source": "w", "log": {"noise": {"internal": ["10.0.0.0/8"]}}}, where="x"
    )
    own, agents = OwnNoise(rules.log.noise), Agents()
    for number in range(MOST_ADDRESSES + 5):
        own.rule_of(f"203.0.{number % 256}.{number}", "GET", "/")
        agents[f"curl/{number}"]
    assert len(own._seen) == 5
    assert len(agents) == MOST_ADDRESSES + 5 - MOST_AGENTS


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [("198.51.100.7, 10.0.0.1", "GET /reports"), ("10.9.9.9", "internal"), ("-", "internal")],
)
def test_behind_a_proxy_the_forwarded_address_is_the_clients(forwarded: str, expected: str) -> None:
    log = {"address": ["header.X-Forwarded-For"], "noise": {"internal": ["10.0.0.0/8"]}}
    rules = SourceRules.from_document({"key": "web", "source": "web", "log": log}, where="test").log
    asked = FileFormat(Format.APACHE_LOG, written='%a %u %t "%r" %s "%{X-Forwarded-For}i"', means=rules)
    gathering = Gathering("web", NOW)
    line = f'127.0.0.1 ada [01/Jun/2026:10:00:00 +0000] "GET /reports HTTP/1.1" 200 "{forwarded}"'
    reader_of(asked)(line.encode(), gathering)
    assert outcome(gathering) == expected
