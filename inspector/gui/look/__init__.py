"""How things look and read: colours, fonts, icons, the wording of values."""
