"""subledger step that chooses accounts, classes, customers and items by tag and by rule."""
