"""Who may do what with the phones, through which door, and what is written down about it."""

__version__ = "0.1.0"
