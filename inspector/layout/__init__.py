"""A call graph to positions and routes, group by group; plain numbers in and out, never Qt."""
