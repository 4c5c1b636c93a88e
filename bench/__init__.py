"""Figures that DESIGN asks for: `python -m bench` prints them."""
