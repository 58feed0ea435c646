"""Rules that tell the system's own noise from use of the product; each has a name, and is counted under it."""

import re

from crawleruseragents import is_crawler

from waypost.core import Actor

MOST_AGENTS = 20_000
NO_USER = "no_user"
#: Rules that do not hold for a request that its source's rules name.
WAIVED = frozenset({"static_file", "redirect", "client_error", "server_error"})

_STATIC = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|otf|eot|mp4|webm|mp3|txt|xml|webmanifest)$",
    re.IGNORECASE,
)
_CHORES = ("/.well-known/", "/favicon", "/robots.txt", "/apple-touch-icon", "/browserconfig.xml")
_HEALTH_PATHS = frozenset(
    {"/healthz", "/livez", "/readyz", "/ready", "/health", "/ping", "/status", "/server-status", "/alive"}
)
# What the list of crawlers does not know: load balancers, clusters and monitors that ask whether we live.
_HEALTH_AGENTS = re.compile(
    r"ELB-HealthChecker|kube-probe|GoogleHC|Consul Health|Datadog|Pingdom|UptimeRobot|Route53-Health|StatusCake"
    r"|HAProxy|check_http|Nagios|Zabbix|Prometheus|Blackbox|Better Uptime|internal dummy connection",
    re.IGNORECASE,
)
# HTTP libraries are on the list of crawlers too; in the hands of a user who signs in they are no crawlers.
_SCRIPTS = re.compile(
    r"(?:curl|Wget|python-|Python/|aiohttp|Go-http-client|axios|node-fetch|undici|Java/|Apache-HttpClient|GuzzleHttp"
    r"|libwww-perl|Ruby|Faraday|PostmanRuntime|insomnia|[\w.]+-(?:python|java|node|go|ruby|php|dotnet|sdk)/)",
    re.IGNORECASE,
)
_APPS = re.compile(r"okhttp|Dart/|Alamofire|ktor|[^ ]* CFNetwork/", re.IGNORECASE)
#: Rules by the first digit of the status.
_ANSWERS = {"3": "redirect", "4": "client_error", "5": "server_error"}
_PROBES = frozenset({"OPTIONS", "HEAD", "TRACE", "CONNECT"})


class Agents(dict[str, tuple[str | None, Actor]]):
    """By user agent: the rule that makes it noise (or None), and who acts through it when it is not.

    Each is looked at once; a dictionary, since every line asks.
    """

    def __missing__(self, agent: str) -> tuple[str | None, Actor]:
        """Look at an agent that was not seen yet."""
        if len(self) >= MOST_AGENTS:
            self.clear()
        seen = self[agent] = _looked_at(agent)
        return seen


def noise_in(address: str, method: str, path: str, status: str) -> str | None:
    """Return the first rule that makes a request noise whoever its agent, or None when it is use of the product."""
    if method in _PROBES:
        return "probe_method"
    if path in _HEALTH_PATHS:
        return "health_check"
    if path.startswith(_CHORES):
        return "browser_chore"
    if address.startswith("127.") or address == "::1":
        return "internal"
    if "." in path and _STATIC.search(path):
        return "static_file"
    return _ANSWERS.get(status[:1])


def _looked_at(agent: str) -> tuple[str | None, Actor]:
    if _HEALTH_AGENTS.search(agent):
        return "health_check", Actor.SYSTEM
    if _SCRIPTS.match(agent):
        return None, Actor.AUTOMATED
    if not _APPS.match(agent) and is_crawler(agent):
        return "bot", Actor.SYSTEM
    return None, Actor.HUMAN
