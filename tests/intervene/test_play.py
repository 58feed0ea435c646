import copy
from typing import Any

import pytest

from waypost.core import DefinitionError
from waypost.intervene import EmailArm, Play, TouchArm

WHERE = "plays/first_week_back.yaml"

FIRST_WEEK_BACK: dict[str, Any] = {
    "kind": "play",
    "key": "first_week_back",
    "name": "Bring back first-week strays",
    "when": {"signal": "strayed", "journey": "analyst", "milestone": "first_7"},
    "audience": {"tiers": ["growth", "self_serve"], "segments": []},
    "holdout_share": 0.2,
    "cooldown_days": 21,
    "goal": {"signal": "returned", "within_days": 14},
    "arms": [
        {
            "key": "call",
            "when": {"tiers": ["enterprise"]},
            "channel": "touch",
            "title": "Call {{ person.name }} about {{ milestone.name }}",
            "says": "They have not done: {{ milestone.missing }}",
        },
        {
            "key": "email",
            "channel": "email",
            "subject": "{{ person.first_name }}, one step to go",
            "text": "Hello {{ person.first_name }},\n\n{% if person.role %}As {{ person.role }}{% endif %} …",
            "button": {"label": "Connect a source", "url": "https://app.example/start?who={{ person.id }}"},
        },
        {"key": "hook", "channel": "webhook", "url": "https://hooks.example/in", "type": "person.strayed"},
    ],
}


def with_change(path: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(FIRST_WEEK_BACK)
    place: Any = document
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        place = place[step]
    place[last] = value
    return document


def test_a_play_is_read_with_its_arms() -> None:
    play = Play.from_document(FIRST_WEEK_BACK, where=WHERE)
    touch, email, hook = play.arms
    assert isinstance(touch, TouchArm)
    assert isinstance(email, EmailArm)
    assert [arm.channel for arm in play.arms] == ["touch", "email", "webhook"]
    assert hook.fixed_address == "https://hooks.example/in"
    assert email.fixed_address is None
    assert (play.age_days(touch), play.age_days(email)) == (14, 3)
    assert touch.due_in_days == 2


def test_a_stated_signal_age_holds_for_every_arm() -> None:
    play = Play.from_document(with_change("signal_age_days", 5), where=WHERE)
    assert {play.age_days(arm) for arm in play.arms} == {5}


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("cooldwn_days", 3, "cooldwn_days"),
        ("holdout_share", 1.0, "holdout_share: it must be at most 0.9"),
        ("when.signal", "vanished", "when.signal: vanished is none of those known"),
        ("arms", [], "arms: it must have at least 1 entry"),
        (
            "arms.1.channel",
            "pigeon",
            "arms[1].channel: pigeon is none of those known; known are email, touch, webhook",
        ),
        ("arms.1.key", "call", "arms[1].key: there are two arms named 'call'"),
        ("arms.1.subject", "{{ person.surname }}", "arms[1].subject: there is no 'person.surname'"),
        ("arms.1.subject", "{{ customer.name }}", "arms[1].subject: there is no 'customer'"),
        ("arms.1.subject", "{{ person }}", "arms[1].subject: say which word of 'person'"),
        ("arms.1.subject", "{{ person.name.upper }}", "nothing named 'upper' inside a word"),
        ("arms.1.subject", "{{ person.name", "arms[1].subject: line 1: "),
        ("arms.1.subject", "  ", "arms[1].subject: an e-mail needs a subject"),
        ("arms.1.text", "{% for x in person.name %}{{ x }}{% endfor %}", "cannot hold a for"),
        ("arms.1.text", "{{ 'a' * 100000000000 }}", "cannot hold a mul"),
        ("arms.1.text", "{{ person.name.__class__ }}", "nothing named '__class__'"),
        ("arms.1.text", "{{ person.name|tojson }}", "there is no filter 'tojson'"),
        ("arms.1.button.url", "{{ account.name }}", "arms[1].button.url: a link begins with https://"),
        ("arms.1.button.label", "{{ person.surname }}", "arms[1].button.label: there is no 'person.surname'"),
        ("arms.1.button.url", "https://{{ account.id }}.example/", "arms[1].button.url: a link begins"),
        ("arms.1.button.url", "javascript:alert(1)", "arms[1].button.url: a link begins"),
        ("arms.2.url", "ftp://hooks.example", "arms[2].url: an address begins with https://"),
        ("arms.2.type", "strayed", "arms[2].type: a type is words parted by points"),
        ("goal", {"within_days": 14}, "goal: give either a signal or a feature"),
        ("goal", {"within_days": 14, "signal": "returned", "feature": "exports"}, "goal: give either"),
        ("when", {"signal": "band_changed"}, "arms[0].title: this signal is about an account"),
    ],
)
def test_a_faulty_play_is_refused_with_the_path_of_the_fault(path: str, value: object, fault: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Play.from_document(with_change(path, value), where=WHERE)
    assert str(refused.value).startswith(WHERE)
    assert fault in str(refused.value)


def test_an_email_needs_no_button() -> None:
    play = Play.from_document(with_change("arms.1.button", None), where=WHERE)
    assert isinstance(play.arms[1], EmailArm)
    assert play.arms[1].button is None


def test_an_account_signal_has_nobody_to_write_to() -> None:
    document = with_change("when", {"signal": "score_fell"})
    document["arms"] = document["arms"][1:]
    with pytest.raises(DefinitionError, match=r"arms\[0\]: score_fell is about an account and has no person"):
        Play.from_document(document, where=WHERE)
