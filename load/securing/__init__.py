"""The measurement of TLS and HTTP/2: rows with goals, and who drives the servers for them."""
