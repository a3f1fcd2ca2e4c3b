"""What is handed out as a file: the weekly report, the workbook with its figures, and charts."""
