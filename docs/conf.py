"""Settings of the documentation, which `tox -e docs` builds into `docs/_build`."""  # noqa: INP001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "subledger"
author = "the subledger authors"
copyright = "2026, the subledger authors"  # noqa: A001 - Sphinx's own name
version = release = "0.1"

extensions = ["myst_parser", "reference.extension"]
exclude_patterns = ["_build", "_ext", "changelog.d/*", "examples/*"]
templates_path = ["_templates"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
smartquotes = False
html_theme = "furo"
html_title = "subledger"
html_static_path = ["_static"]
html_css_files = ["subledger.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
