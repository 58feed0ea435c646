"""What PostHog's SDKs ask for beside sending: no flags, no surveys, no recordings, and where to send."""

import re

import msgspec

from waypost.collect.answers import Answer
from waypost.collect.request import Request

_KEY = re.compile(r"/array/([A-Za-z0-9_\-]{1,200})/config(\.js)?")
_CONFIG = {
    "supportedCompression": ["gzip", "gzip-js"],
    "hasFeatureFlags": False,
    "analytics": {"endpoint": "/i/v0/e/"},
    "elementsChainAsString": True,
    "defaultIdentifiedOnly": True,
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "captureDeadClicks": False,
    "capturePerformance": False,
    "conversations": False,
    "heatmaps": False,
    "productTours": False,
    "sessionRecording": False,
    "surveys": False,
    "siteApps": [],
    "toolbarParams": {},
    "isAuthenticated": False,
}
_NO_FLAGS = Answer(
    200,
    msgspec.json.encode(
        {
            "flags": {},
            "featureFlags": {},
            "featureFlagPayloads": {},
            "errorsWhileComputingFlags": False,
            "requestId": "waypost",
            **_CONFIG,
        }
    ),
)
_EMPTY = {
    "/api/surveys": Answer(200, b'{"surveys":[]}'),
    "/api/early_access_features": Answer(200, b'{"earlyAccessFeatures":[]}'),
    "/api/web_experiments": Answer(200, b'{"experiments":[]}'),
    "/api/product_tours": Answer(200, b'{"product_tours":[]}'),
    "/flags/definitions": Answer(200, b'{"flags":[],"group_type_mapping":{},"cohorts":{}}'),
    "/api/feature_flag/local_evaluation": Answer(200, b'{"flags":[],"group_type_mapping":{},"cohorts":{}}'),
}
#: Logs and measurements of the SDK itself: taken and let go, since nothing here is made of them.
_LET_GO = ("/i/v1/logs", "/i/v1/metrics", "/i/v0/metrics", "/report")
_TAKEN = Answer(200, b'{"status":1}')
_FLAGS = ("/flags", "/decide")


def asked_for(request: Request, mount: str) -> Answer | None:
    """Return the answer to what an SDK asks; None at another address. It is the same for every key."""
    if request.path in _FLAGS:
        # At the root another protocol asks at the same address, but without a version.
        return _NO_FLAGS if mount or "v" in request.query else None
    if request.method == "POST":
        return _TAKEN if request.path in _LET_GO else None
    if request.method not in ("GET", "HEAD"):
        return None
    if answer := _EMPTY.get(request.path):
        return answer
    return _config(request.path)


def _config(path: str) -> Answer | None:
    asked = _KEY.fullmatch(path)
    if asked is None:
        return None
    key, script = asked.groups()
    config = {"token": key, **_CONFIG}
    if not script:
        return Answer(200, msgspec.json.encode(config))
    written = msgspec.json.encode({"config": config, "siteApps": []})
    return Answer(
        200,
        b"(function(){var all=window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
        b"all[" + msgspec.json.encode(key) + b"]=" + written + b"})();",
        content_type=b"application/javascript",
    )
