"""subledger step that lets only approved records through."""
