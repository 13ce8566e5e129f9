"""The runs: notebooks through papermill, over cases."""
