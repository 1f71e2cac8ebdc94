"""The program in the browser: pages that run commands, and say which."""
