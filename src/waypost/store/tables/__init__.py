"""Operational tables, one file each."""
