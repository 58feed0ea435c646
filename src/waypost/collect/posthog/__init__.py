"""PostHog's protocol: its events in all the bodies that its SDKs of all ages send, and what they ask for beside."""

from waypost.collect.posthog.family import PostHog

__all__ = ["PostHog"]
