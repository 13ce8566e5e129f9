"""The coding pane: read a transcript in the notebook and code it there; Python stores, the page only asks."""
