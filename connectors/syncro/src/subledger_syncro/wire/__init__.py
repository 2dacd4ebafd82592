"""The protocol of the Syncro API: requests, answers, dates. Nothing here knows subledger."""
