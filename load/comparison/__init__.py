"""Start servers one after the other, drive each with wrk, compare the figures."""
