"""Chance as an address: a number drawn depends on what it is for, never on when or by whom it was asked.

Basement, compiled as they stand: `philox`, `purposes`, `normal`, `laws`. Above it: `law_rows` and `residuals`
make the rows that `laws` reads, with `gamma_table`; `draws` and `times` keep uniforms and times ready.
"""
