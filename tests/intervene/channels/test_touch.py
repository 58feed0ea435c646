from tests.intervene.company import NOON
from waypost.intervene import Message
from waypost.intervene.channels import TouchChannel


def test_a_touch_is_delivered_by_waiting_in_today() -> None:
    message = Message(intervention_id="i1", address="", content={"title": "Call Ada"})
    assert TouchChannel().deliver(message, NOON).said == "waits in Today"
