"""Rules that tell the system's own noise from use of the product; each has a name, and is counted under it."""

import re

from crawleruseragents import is_crawler

from waypost.core import Actor

MOST_AGENTS = 20_000
NO_USER = "no_user"


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
_PROBES = frozenset({"OPTIONS", "HEAD", "TRACE", "CONNECT"})


class Agents:
    """Says of user agents what they are; each is looked at once."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._seen: dict[str, tuple[str | None, Actor]] = {}

    def look(self, agent: str) -> tuple[str | None, Actor]:
        """Return the rule that makes the agent noise (or None), and who acts through it when it is not."""
        seen = self._seen.get(agent)
        if seen is None:
            if len(self._seen) >= MOST_AGENTS:
                self._seen.clear()
            seen = self._seen[agent] = _looked_at(agent)
        return seen


def noise_in(address: str, method: str, path: str, status: int) -> str | None:
    """Return the first rule that makes a request noise whoever its agent, or None when it is use of the product."""
    if method in _PROBES:
        return "probe_method"
    if rule := _noise_of_path(path):
        return rule
    if address.startswith("127.") or address == "::1":
        return "internal"
    return None if 200 <= status < 300 else _noise_of_status(status)  # noqa: PLR2004 -- what HTTP calls success


def _looked_at(agent: str) -> tuple[str | None, Actor]:
    if _HEALTH_AGENTS.search(agent):
        return "health_check", Actor.SYSTEM
    if _SCRIPTS.match(agent):
        return None, Actor.AUTOMATED
    if not _APPS.match(agent) and is_crawler(agent):
        return "bot", Actor.SYSTEM
    return None, Actor.HUMAN


def _noise_of_path(path: str) -> str | None:
    if path in _HEALTH_PATHS:
        return "health_check"
    if path.startswith(_CHORES):
        return "browser_chore"
    return "static_file" if _STATIC.search(path) else None


def _noise_of_status(status: int) -> str | None:
    match status // 100:
        case 3:
            return "redirect"
        case 4:
            return "client_error"
        case 5:
            return "server_error"
        case _:
            return None
