"""Score weighs measures into health and keeps the ledger of why it moved."""
