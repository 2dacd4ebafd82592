"""The configuration: TOML in, one frozen value out, every mistake named at once."""
