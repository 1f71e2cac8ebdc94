"""What a plan says, in words and figures: one truth for screen, workbook and report."""
