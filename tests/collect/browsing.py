"""A page of a customer's on a loopback port, in real Chromium, with an unmodified browser SDK beside it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.collect.running import Worker

MODULES = Path(__file__).parent / "node" / "node_modules"
#: Several SDKs send nothing from a browser that calls itself headless.
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
)
_CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-blink-features=AutomationControlled",
)


@contextmanager
def page_of(files: Mapping[str, bytes]) -> Iterator[tuple[Page, str]]:
    """Open a browser beside a server of these files; the page is not yet at one of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(_CHROMIUM))
        with page_in(browser, files) as (page, address):
            yield page, address
        browser.close()


@contextmanager
def page_in(browser: Browser, files: Mapping[str, bytes]) -> Iterator[tuple[Page, str]]:
    """Open a page in a browser, as a person's, beside a server of these files."""

    class Served(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = files.get(self.path.partition("?")[0])
            self.send_response(404 if body is None else 200)
            kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        context = browser.new_context(user_agent=AGENT)
        context.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => undefined})")
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page, f"http://127.0.0.1:{server.server_port}"
        context.close()
    finally:
        server.shutdown()
        server.server_close()


def wait_for(page: Page, worker: Worker, name: str) -> None:
    """Wait until an event of this name is stored, or for a while."""
    for _ in range(150):
        if any(event.name == name for event in worker.events()):
            return
        page.wait_for_timeout(100)
