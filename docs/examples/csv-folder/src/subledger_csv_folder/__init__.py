"""subledger connector for card and bank exports: CSV files in a folder."""
