"""When flows run: due times, jitter, and the dispatcher that runs them."""
