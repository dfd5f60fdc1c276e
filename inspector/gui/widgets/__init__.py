"""Parts that any panel may use: tables, drop-down boxes."""
