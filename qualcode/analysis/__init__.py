"""The questions: what the codings say, computed."""
