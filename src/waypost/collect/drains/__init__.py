"""Lines of logs that platforms send as they come: Heroku's Logplex, and drains of JSON."""

from waypost.collect.drains.family import Drains

__all__ = ["Drains"]
