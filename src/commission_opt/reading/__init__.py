"""From files to a checked instance: errors with row and column, warnings with a likely meaning."""
