"""Somebody who signs in to the workspace with a plain HTTP client: no script runs here."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.stories.town import Town

TOKEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Member:
    """A signed-in member."""

    def __init__(self, town: Town, credentials: tuple[str, str]) -> None:
        """Sign in with an e-mail address and a password."""
        self._at = town.workspace
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = dict(TOKEN.findall(self.page("/sign-in")))
        form |= dict(zip(("email", "password"), credentials, strict=True))
        self.post("/sign-in", form)

    def page(self, path: str) -> str:
        """Return a page as text."""
        with self._opener.open(f"{self._at}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, form: dict[str, str]) -> str:
        """Send a form and return the page that it leads to."""
        data = urllib.parse.urlencode(form).encode()
        headers = {"Origin": self._at}
        request = urllib.request.Request(f"{self._at}{path}", data, headers)  # noqa: S310 -- our own town
        with self._opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())
