"""Measure says what a raw event means and counts usage in four dimensions."""
