"""Answers to surveys: Delighted, Typeform, Qualtrics, SurveyMonkey."""

from collections.abc import Mapping
from typing import Any

from tests.collect.door import NOW, Door
from tests.collect.hooks.sending import (
    SECRET,
    based,
    hexed,
    is_refused_unless_signed,
    posts,
    properties,
    sends,
    told,
)


def delighted(nr: int = 1, **changed: object) -> dict[str, Any]:
    given = {
        "id": "5435",
        "person": {"id": "33", "email": "Ada@acme.example"},
        "person_properties": {"user_id": "ada", "account_id": "acme"},
        "survey_type": "nps",
        "score": 9,
        "comment": "Fast.",
        "created_at": int(NOW.timestamp()) - 60,
    }
    return {"event_type": "survey_response.created", "event_id": f"e{nr}", "event_data": {**given, **changed}}


def typeform(*answers: dict[str, Any], **hidden: object) -> dict[str, Any]:
    response = {
        "form_id": "lT4Z3j",
        "token": "a3a12ec6",
        "submitted_at": "2026-06-03T11:00:00Z",
        "hidden": hidden,
        "answers": list(answers),
    }
    return {"event_id": "LtWXD3crgy", "event_type": "form_response", "form_response": response}


def scored(kind: str, ref: str, score: object) -> dict[str, Any]:
    return {"type": "number", "number": score, "field": {"id": "f1", "type": kind, "ref": ref}}


TEXT = {"type": "text", "text": "Fine.", "field": {"id": "f2", "type": "long_text", "ref": "why"}}
WRITTEN = {
    "scale": "CES",
    "survey": "onboarding",
    "score": "6 - easy",
    "answer_id": "R_1",
    "email": "ada@acme.example",
}
DELIGHTED = [delighted(), delighted(survey_type="csat")]
TYPEFORM = [typeform(scored("nps", "", 10), TEXT, user_id="ada")]
QUALTRICS = [WRITTEN]
#: What SurveyMonkey itself tells, as its documentation shows it.
NOTICE = {
    "name": "My Webhook",
    "filter_type": "survey",
    "filter_id": "123456789",
    "event_type": "response_completed",
    "event_id": "123456789",
    "event_datetime": "2026-06-03T11:56:31.182613+00:00",
    "object_type": "response",
    "object_id": "123456",
    "resources": {
        "respondent_id": "123456",
        "recipient_id": "0",
        "collector_id": "1",
        "survey_id": "2",
        "user_id": "3",
    },
}
SURVEYMONKEY = [NOTICE, WRITTEN]


def by_delighted(body: bytes, secret: str) -> Mapping[str, str]:
    return {"X-Delighted-Webhook-Signature": f"sha256={hexed(body, secret)}"}


def by_typeform(body: bytes, secret: str) -> Mapping[str, str]:
    return {"Typeform-Signature": f"sha256={based(body, secret)}"}


def by_surveymonkey(body: bytes, secret: str) -> Mapping[str, str]:
    kind = "application/vnd.surveymonkey.response.v1+json"
    return {"Sm-Apikey": "client", "Sm-Signature": based(body, secret, "sha1"), "Content-Type": kind}


def test_delighted_tells_answers_and_what_is_said_anew(door: Door) -> None:
    (first,) = sends(door, "delighted", delighted(), by_delighted)
    assert told([first]) == [("survey", "nps", "ada", "acme")]
    said = properties(first)
    assert (said["answer_id"], said["score"], said["scale"], said["comment"]) == ("5435", 9, "nps", "Fast.")
    assert said["delighted"]["event_data"]["person"]["id"] == "33"
    (again,) = sends(door, "delighted", delighted(2, score=3, person_properties=None), by_delighted)
    assert (properties(again)["answer_id"], again.person_id) == ("5435", "ada@acme.example")
    assert sends(door, "delighted", delighted(3, survey_type="smileys"), by_delighted) == []
    assert sends(door, "delighted", {**delighted(4), "event_type": "unsubscribe"}, by_delighted) == []
    assert sends(door, "delighted", delighted(5, score=11), by_delighted) == []
    assert door.refusals() == {"bad_properties": 1}


def test_typeforms_fields_are_answers_by_their_type_or_their_ref(door: Door) -> None:
    body = typeform(
        scored("nps", "", 10), scored("rating", "stars", 4), scored("opinion_scale", "q_CES_1", 5),
        scored("opinion_scale", "age", 44), TEXT, {"type": "email", "email": "ada@acme.example"}, company="acme",
    )  # fmt: skip
    events = sends(door, "typeform", body, by_typeform)
    assert told(events) == [("survey", scale, "ada@acme.example", "acme") for scale in ("nps", "csat", "ces")]
    first = properties(events[0])
    assert (first["answer_id"], first["score"], first["comment"]) == ("a3a12ec6:f1", 10, "Fine.")
    assert sends(door, "typeform", {"form_response": {"answers": None}}, by_typeform) == []


def test_qualtrics_sends_what_somebody_wrote(door: Door) -> None:
    for _ in range(2):
        assert posts(door, "qualtrics", WRITTEN).status == 200
    one, again = door.events()
    assert told([one]) == [("survey", "onboarding", "ada@acme.example", None)]
    assert (one.event_id, properties(one)["score"], properties(one)["answered"]) == (
        "qualtrics:R_1",
        6,
        "6 - easy",
    )
    assert again.event_id == one.event_id
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert posts(door, "qualtrics", b"Topic=a.completedResponse&ResponseID=R_2", form).status == 200
    assert posts(door, "qualtrics", {**WRITTEN, "score": "n/a"}).status == 200
    assert len(door.events()) == 2
    door.signs(SECRET)
    assert posts(door, "qualtrics", WRITTEN).status == 401


def test_only_delighted_itself_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "delighted", delighted(), by_delighted)


def test_only_typeform_itself_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "typeform", TYPEFORM[0], by_typeform)


def test_surveymonkeys_notices_hold_no_answer_and_what_is_fetched_comes_signed_alike(door: Door) -> None:
    assert sends(door, "surveymonkey", NOTICE, by_surveymonkey) == []
    (one,) = sends(door, "surveymonkey", WRITTEN, by_surveymonkey)
    assert told([one]) == [("survey", "onboarding", "ada@acme.example", None)]
    assert one.event_id == "surveymonkey:R_1"
    assert door.refusals() == {}


def test_only_surveymonkey_itself_is_heard(door: Door) -> None:
    is_refused_unless_signed(door, "surveymonkey", WRITTEN, by_surveymonkey)


def test_surveymonkey_looks_first_whether_somebody_is_there(door: Door) -> None:
    assert door.ask("HEAD", f"/in/hooks/surveymonkey/{door.key}").status == 200
