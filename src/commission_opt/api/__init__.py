"""What Python users call by the package's own name; each function asks a room below."""
