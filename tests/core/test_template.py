import pytest

from waypost.core import Template


def test_a_template_is_read_step_by_step() -> None:
    template = Template.of("/orders/:id/50%_off/*")
    assert template.steps == ("", "orders", ":id", "50%_off")
    assert template.deep
    assert template.like == "/orders/_%/50\\%\\_off"
    assert template.slashes == 3
    assert Template.of("/") == Template.of("")


def test_a_method_may_stand_before_it() -> None:
    assert Template.of("POST /orders/:id") == Template.of("/orders/:id/")
    assert (Template.method_of("POST /orders"), Template.method_of("/orders")) == ("POST", None)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("orders", "begin with /"),
        ("/orders?x=1", "without query"),
        ("/a b", "begin with /"),
        ("/*/export", "comes last"),
        ("/or*", "comes last"),
        ("/orders/:id/*", None),
    ],
)
def test_what_is_no_template_says_why(written: str, fault: str | None) -> None:
    told = Template.fault(written)
    assert told is None if fault is None else fault in (told or "")
