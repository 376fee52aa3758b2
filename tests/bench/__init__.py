"""Figures beside each other: what the system does with very many cases, and what the same costs at its cheapest.

Run by `make bench`; see docs/performance.md. Everybody in it is invented, and it never fails a build.
"""
