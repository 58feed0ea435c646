"""Lines of logs that platforms send as they come: Heroku's Logplex, drains of JSON, and syslog."""

from waypost.collect.drains.family import Drains

__all__ = ["Drains"]
