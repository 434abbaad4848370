"""Regulars (回头客): a brand's whole membership programme, on its own machine."""

__version__ = "0.1.0"
