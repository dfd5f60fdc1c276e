"""The window: everything Qt. It draws traces, moves a cursor over them and asks for values."""
