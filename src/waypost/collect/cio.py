"""Customer.io's pipelines at the door: Segment's protocol under another name (its older track API is `customerio`)."""

from waypost.collect.answers import Answer
from waypost.collect.request import Request
from waypost.collect.segment import Segment
from waypost.collect.segment.routes import settings_answer


class CioPipelines(Segment):
    """Whoever speaks the protocol of Customer.io's pipelines."""

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Tell a browser where to send, under the name that its SDK looks for."""
        if request.method not in ("GET", "HEAD"):
            return None
        return settings_answer(request, mount, "Customer.io Data Pipelines")
