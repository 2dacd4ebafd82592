"""Ready-made flows between two roles; they name no system."""
