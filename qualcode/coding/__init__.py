"""The coding: codebooks, anchors, the journal, the collection of codings, and the case they belong to."""
