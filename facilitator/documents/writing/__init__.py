"""A paper written into a file: PDF, Word, workbook. Plain data comes in; nothing here asks the database."""
