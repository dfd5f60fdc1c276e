"""Puts the runs made by hand (tests/layout/handmade_runs.py) on the import path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "layout"))
