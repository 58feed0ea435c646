"""The sample: a believable software company's customers, in the raw files that real sources would give."""

from waypost.run.sample.generate import SEED, Manifest, generate
from waypost.run.sample.product import ProductSource, product_source

__all__ = ["SEED", "Manifest", "ProductSource", "generate", "product_source"]
