"""A visitor without a browser: calls the app directly and keeps cookies, like a browser without script."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import unquote, urlencode, urlsplit

from starlette.applications import Starlette

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@dataclass(slots=True)
class Answer:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        assert found, "this page has no form"
        return found.group(1)


@dataclass(slots=True)
class Visitor:
    """Somebody at a browser."""

    app: Starlette
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "10.0.0.1"

    def get(self, path: str, **headers: str) -> Answer:
        return self._run("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        said = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._run("POST", path, urlencode(form or {}).encode(), said)

    def submit(self, page: str, action: str, form: dict[str, str] | None = None) -> Answer:
        """Open a page and send one of its forms, with the token that the page gives."""
        return self.post(action, {"form_token": self.get(page).token, **(form or {})})

    def sign_in(self, email: str, password: str) -> Answer:
        return self.submit("/sign-in", "/sign-in", {"email": email, "password": password})

    def _run(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        # In a thread of its own, since a browser of another test may have a loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._ask(method, path, body, headers)).result()

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        parts = urlsplit(unescape(path))
        said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        said.append((b"host", b"127.0.0.1:8080"))
        said.append((b"content-length", str(len(body)).encode()))
        if self.cookies:
            said.append((b"cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()).encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": said,
            "client": (self.address, 50000),
            "server": ("127.0.0.1", 8080),
        }
        sent: list[dict[str, object]] = []

        told = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, object]:
            # After the body a browser says nothing more, until it goes.
            if not told:
                await asyncio.Event().wait()
            return told.pop()

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        try:
            await self.app(scope, receive, send)  # type: ignore[arg-type]
        except Exception:
            # A fault of ours is answered first and then raised again for the server's own log.
            if not sent:
                raise
        return self._read(sent)

    def _read(self, sent: list[dict[str, object]]) -> Answer:
        start = sent[0]
        raw: list[tuple[bytes, bytes]] = start["headers"]  # type: ignore[assignment]
        for name, value in raw:
            if name == b"set-cookie":
                for key, morsel in SimpleCookie(value.decode()).items():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.cookies.pop(key, None)
                    else:
                        self.cookies[key] = morsel.value
        body = b"".join(bytes(message.get("body", b"")) for message in sent[1:])  # type: ignore[call-overload]
        return Answer(int(str(start["status"])), {n.decode(): v.decode() for n, v in raw}, body)
