"""SurveyMonkey: its notices hold no answer; whoever fetches the answer sends it on, signed the same way."""

from base64 import b64encode

from waypost.collect.hooks.saying import Hook
from waypost.collect.hooks.signing import of_body
from waypost.collect.hooks.surveys import written

#: The secret is the app's client id and secret, joined by `&`.
SURVEYMONKEY = Hook(of_body(b"sm-signature", "sha1", b64encode), written)
