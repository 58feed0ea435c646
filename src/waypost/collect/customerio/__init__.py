"""Customer.io's track API: people, events and objects, each at an address of its own or in a batch."""

from waypost.collect.customerio.family import CustomerIo

__all__ = ["CustomerIo"]
