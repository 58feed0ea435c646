"""Rules that tell the system's own noise from use of the product; each has a name, and is counted under it."""

import re
from fnmatch import translate
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from waypost.collect.log_rules import NoiseRules
from waypost.collect.logs.requests import asked_as

MOST_ADDRESSES = 20_000
NO_USER = "no_user"
#: Rules that do not hold for a request that its source's rules name.
WAIVED = frozenset({"static_file", "redirect", "client_error", "server_error"})
NO_RULE: frozenset[str] = frozenset()

_STATIC = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|otf|eot|mp4|webm|mp3|txt|xml|webmanifest)$",
    re.IGNORECASE,
)
_CHORES = ("/.well-known/", "/favicon", "/robots.txt", "/apple-touch-icon", "/browserconfig.xml")
_HEALTH_PATHS = frozenset(
    {"/healthz", "/livez", "/readyz", "/ready", "/health", "/ping", "/status", "/server-status", "/alive"}
)
#: Rules by the first sign of the status.
_ANSWERS = {"3": "redirect", "4": "client_error", "5": "server_error", "-": "no_answer"}
_PROBES = frozenset({"OPTIONS", "HEAD", "TRACE", "CONNECT"})
# Apache's `[Mon Jun 01 10:00:00.123456 2026] [core:error] …` and nginx's `2026/06/01 10:00:00 [error] 7#7: …`.
_ERROR_LOG = re.compile(
    r"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}\] \[|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[[a-z]+\] \d+#\d+: "
)


def noise_in(
    address: str, method: str, path: str, status: str, waived: frozenset[str] = NO_RULE
) -> str | None:
    """Return the first rule that makes a request noise whoever its agent, or None when it is use of the product.

    Rules that are `waived` do not hold.
    """
    if method in _PROBES and "probe_method" not in waived:
        return "probe_method"
    if path in _HEALTH_PATHS and "health_check" not in waived:
        return "health_check"
    if path.startswith(_CHORES) and "browser_chore" not in waived:
        return "browser_chore"
    if (address.startswith("127.") or address == "::1") and "internal" not in waived:
        return "internal"
    if "." in path and "static_file" not in waived and _STATIC.search(path):
        return "static_file"
    rule = _ANSWERS.get(status[:1])
    return None if rule in waived else rule


def is_error_log(line: str) -> bool:
    """Say whether a line that is not in its format is of a server's error log, as Apache and nginx write it."""
    return _ERROR_LOG.match(line) is not None


class OwnNoise:
    """What the rules of a source call noise beside the rules that hold for all."""

    def __init__(self, rules: NoiseRules) -> None:
        """Compile networks, paths and people."""
        self._networks = [ip_network(each, strict=False) for each in rules.internal]
        self._seen: dict[str, bool] = {}
        self._paths = re.compile("|".join(map(asked_as, rules.paths)) or "(?!)")
        self._people = re.compile("|".join(translate(each) for each in rules.people) or "(?!)", re.IGNORECASE)

    def rule_of(self, address: str, method: str, path: str) -> str | None:
        """Return the rule that makes a request of this address noise, or None."""
        if self._networks and self._is_internal(address):
            return "internal"
        return "own_path" if self._paths.fullmatch(f"{method} {path}") else None

    def is_internal(self, person: str) -> bool:
        """Say whether a person is one of our own."""
        return self._people.fullmatch(person) is not None

    def _is_internal(self, address: str) -> bool:
        seen = self._seen.get(address)
        if seen is None:
            if len(self._seen) >= MOST_ADDRESSES:
                self._seen.clear()
            seen = self._seen[address] = _within(address, self._networks)
        return seen


def _within(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    try:
        read = ip_address(address.strip("[]"))
    except ValueError:
        return False
    read = getattr(read, "ipv4_mapped", None) or read
    return any(read.version == network.version and read in network for network in networks)
