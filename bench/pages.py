"""How long the server takes for a page, with the sample loaded: what the slowest tenth of visits waits (p90, ms)."""

import http.client
import json
import re
import tempfile
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path

from bench.serving import Serving, serving
from waypost.store import Members, Operations, Role

VISITS = 20
EMAIL, PASSWORD = "bench@waypost.example", "a-password-of-a-benchmark"
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def measure() -> dict[str, float]:
    """Return p90 per page, in milliseconds."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "data") as here:
        here.wait_until_learnt()
        operations = Operations(here.folder / "operations.db")
        now = datetime.now(UTC)
        Members(operations).add(email=EMAIL, name="Bench", role=Role.OWNER, password=PASSWORD, now=now)
        operations.close()
        cookies = sign_in(here.workspace_port, EMAIL, PASSWORD)
        account = here.look(
            "select account_id from memberships group by 1 order by count(*) desc limit 1"
        ).item()
        pages = ["/", "/accounts", f"/accounts/{account}", "/journeys", "/interventions", "/sources"]
        return {f"p90_ms {page.replace(account, 'LARGEST')}": _p90(here, page, cookies) for page in pages}


def sign_in(port: int, email: str, password: str) -> str:
    """Sign in at a workspace; return the cookies of the session."""
    door = http.client.HTTPConnection("127.0.0.1", port)
    door.request("GET", "/sign-in")
    answer = door.getresponse()
    cookies = _cookies(answer)
    form = dict(HIDDEN.findall(answer.read().decode())) | {"email": email, "password": password}
    head = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    door.request("POST", "/sign-in", urllib.parse.urlencode(form), head)
    return _cookies(door.getresponse())


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(
        value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"
    )


def _p90(here: Serving, page: str, cookies: str) -> float:
    door = http.client.HTTPConnection("127.0.0.1", here.workspace_port)
    waits = []
    for _ in range(VISITS):
        began = time.perf_counter()
        door.request("GET", page, headers={"Cookie": cookies})
        answer = door.getresponse()
        answer.read()
        waits.append(time.perf_counter() - began)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{page} answered {answer.status}")
    return round(1000 * sorted(waits)[int(VISITS * 0.9)], 1)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
