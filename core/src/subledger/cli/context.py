"""What a command works with: the settings, with logging set up as they say."""

from subledger.cli.options import ConfigOptions
from subledger.config import Settings, load_settings
from subledger.observe.logging import set_up


def open_settings(options: ConfigOptions) -> Settings:
    """Loads the settings and sets logging up. Raises ConfigError with every problem."""
    settings = load_settings(options.config)
    set_up("debug" if options.debug else settings.log.level, settings.log.format)
    return settings
