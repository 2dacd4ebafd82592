"""Writes packages for authors: a connector or a plugin that works as generated."""

from subledger.scaffold.names import Names, checked
from subledger.scaffold.render import render
from subledger.scaffold.variants import Package, Shape, connector, plugin
from subledger.scaffold.write import write

__all__ = ["Names", "Package", "Shape", "checked", "connector", "plugin", "render", "write"]
