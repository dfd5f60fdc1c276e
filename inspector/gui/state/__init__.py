"""What the window knows: the open file, the view on its trace, fetched values, lasting choices."""
