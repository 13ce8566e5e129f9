"""The reports: pages that open anywhere, without a network."""
