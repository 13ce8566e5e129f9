"""How much of a file is read at most: whoever sends more sends no interview."""

from __future__ import annotations

LARGEST_FILE = 50_000_000
"""Bytes of a file. The recording weighs more, its transcript never does."""

LONGEST_TEXT = 10_000_000
"""Characters of all blocks together; a long thesis has about one million."""

MOST_BLOCKS = 300_000
"""Paragraphs, rows, cues or messages of a file."""

MOST_LINES = 1_000_000
"""Lines of a text file, blank ones too."""

MOST_PARTS = 5_000
"""Entries of a packed file; a Word file with a hundred pictures has under two hundred."""

LARGEST_PART = 30_000_000
"""Bytes of one unpacked part; the text of a thousand pages in Word has about ten million."""

LARGEST_UNPACKED = 100_000_000
"""Bytes of all parts that are unpacked, together."""

STEEPEST_RATIO = 250
"""Unpacked bytes for each packed one, in a part of more than a million bytes; Word reaches about forty."""

MOST_ELEMENTS = 1_000_000
"""Elements of one XML or HTML tree."""

DEEPEST_TREE = 200
"""Levels of one XML tree."""

MOST_CELLS = 500_000
"""Cells of one table or sheet."""

MOST_PAGES = 2_000
"""Pages of a PDF."""

LONGEST_READING = 60.0
"""Seconds spent on the pages of a PDF."""

MOST_STREAM_BYTES = 100_000_000
"""Bytes to which one stream of a PDF may unpack."""
