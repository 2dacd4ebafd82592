"""Documents: what each kind takes, computes and posts."""
