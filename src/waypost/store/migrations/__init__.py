"""Migrations of the operational tables: each brings a data folder from one release to the next."""
