"""The docks around the graph: calls, source, details, findings, output, timeline."""
