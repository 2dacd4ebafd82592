"""The server: peers, webhooks, health, and the schedule, in one process."""
