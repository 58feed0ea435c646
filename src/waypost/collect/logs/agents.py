"""User agents: which of them is no person's, and who acts through the others."""

import re
from functools import cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

from waypost.core import Actor

MOST_AGENTS = 20_000
# What the list of crawlers does not know: load balancers and clusters that ask whether we live.
_HEALTH = re.compile(
    r"ELB-HealthChecker|kube-probe|GoogleHC|Consul Health|Route53-Health|Azure Traffic Manager|^AlwaysOn$|Envoy/HC"
    r"|HAProxy|Prometheus|internal dummy connection",
    re.IGNORECASE,
)
# Monitors that the list does not know, or by another spelling.
_MONITORS = re.compile(
    r"Datadog|NewRelicPinger|Checkly|HetrixTools|Freshping|Monitis|Nagios|UptimeRobot|StatusCake",
    re.IGNORECASE,
)
# HTTP libraries are on the list of crawlers too; in the hands of a user who signs in they are no crawlers.
_SCRIPTS = re.compile(
    r"(?:curl|Wget|python-|Python/|aiohttp|Go-http-client|axios|node-fetch|undici|Java/|Apache-HttpClient|GuzzleHttp"
    r"|libwww-perl|Ruby|Faraday|PostmanRuntime|insomnia|HTTPie/|AHC/|Jersey/|got[ /(]|PHP-Curl-Class"
    r"|[\w.]+-(?:python|java|node|go|ruby|php|dotnet|sdk)/)",
    re.IGNORECASE,
)
_APPS = re.compile(r"okhttp|Dart/|Alamofire|ktor|[^ ]* CFNetwork/", re.IGNORECASE)


class Agents(dict[str, tuple[str | None, Actor]]):
    """By user agent: the rule that makes it noise (or None), and who acts through it when it is not.

    Each is looked at once; a dictionary, since every line asks. An agent that holds one of `own` (in any case) is
    noise by the rule `own_agent`; those of rules that are `kept` are no noise, but no person either.
    """

    def __init__(self, own: tuple[str, ...] = (), kept: frozenset[str] = frozenset()) -> None:
        """Begin without having seen any."""
        super().__init__()
        self._own = re.compile("|".join(map(re.escape, own)), re.IGNORECASE).search if own else None
        self._kept = kept

    def __missing__(self, agent: str) -> tuple[str | None, Actor]:
        """Look at an agent that was not seen yet."""
        if len(self) >= MOST_AGENTS:
            self.clear()
        rule, actor = ("own_agent", Actor.SYSTEM) if self._own and self._own(agent) else _looked_at(agent)
        seen = self[agent] = (None, Actor.AUTOMATED) if rule in self._kept else (rule, actor)
        return seen


def _looked_at(agent: str) -> tuple[str | None, Actor]:
    if _HEALTH.search(agent):
        return "health_check", Actor.SYSTEM
    if _MONITORS.search(agent):
        return "monitor", Actor.SYSTEM
    if _SCRIPTS.match(agent):
        return None, Actor.AUTOMATED
    if not _APPS.match(agent) and is_crawler(agent):
        return "monitor" if _listed_monitors().search(agent) else "bot", Actor.SYSTEM
    return None, Actor.HUMAN


@cache
def _listed_monitors() -> re.Pattern[str]:
    """Return what the list of crawlers knows of monitors."""
    patterns = [each["pattern"] for each in CRAWLER_USER_AGENTS_DATA if "monitoring" in each.get("tags", ())]
    return re.compile("|".join(patterns) or "(?!)")
