"""Store keeps facts, and is the only room that talks to our databases."""

from waypost.store.operations import Operations, metadata
from waypost.store.questions import question
from waypost.store.warehouse import Frames, Params, Warehouse, Writer

__all__ = ["Frames", "Operations", "Params", "Warehouse", "Writer", "metadata", "question"]
