"""The graph of the run in view: laid-out scenes, painted, panned, searched."""
