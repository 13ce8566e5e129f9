"""How pages look: one style for the notebook pages and the index, on screen, on a phone and in print."""

from importlib.resources import files

STYLE = files("qualcode.reports").joinpath("templates", "look.css").read_text("utf-8")
