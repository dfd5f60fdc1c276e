"""The main window: parts put together, commands, menus, dialogs."""
