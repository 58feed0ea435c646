"""Waypost: who strays from the path to adoption, why, what to do next, and whether it worked."""
