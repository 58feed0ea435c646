"""How hard the laws are tried: few examples on every run, many with HYPOTHESIS_PROFILE=thorough."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(usual: int) -> settings:
    """Return settings for a law over whole workspaces, whose every example takes a good part of a second."""
    return settings(
        max_examples=40 * usual if THOROUGH else usual,
        deadline=None,
        derandomize=not THOROUGH,
        suppress_health_check=list(HealthCheck),
    )
