"""What one region, profession or provider may see of a plan, as a page and as a workbook."""
