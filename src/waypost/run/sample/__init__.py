"""The sample: a believable software company's customers, in the raw files that real sources would give."""

from waypost.run.sample.generate import SEED, Manifest, generate

__all__ = ["SEED", "Manifest", "generate"]
