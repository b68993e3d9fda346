"""letopis beside other programs on the same bytes, as whole processes. `benches/compare.py` is the way in."""
