"""Live files, followed line by line through rotation, truncation and restarts."""

from waypost.collect.following.follower import Follow, Follower
from waypost.collect.following.looking import named_by

__all__ = ["Follow", "Follower", "named_by"]
