"""The evidence: documents, their turns, and segments of them."""
