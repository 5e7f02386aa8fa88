"""What wrk 4.1.0 printed, and h2load of nghttp2 1.52.0, for the tests of their parsers."""

CLEAN = """\
Running 5s test @ http://127.0.0.1:9101/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   417.21us  312.01us   7.95ms   93.27%
    Req/Sec    80.12k     3.08k   86.53k    72.00%
  Latency Distribution
     50%  350.00us
     75%  441.00us
     90%  675.00us
     99%    1.78ms
  398601 requests in 5.00s, 44.10MB read
Requests/sec:  79714.51
Transfer/sec:      8.82MB
"""

WITH_ERRORS = """\
Running 3s test @ http://127.0.0.1:9104/
  1 threads and 128 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   132.68ms  115.33ms   1.99s    95.98%
    Req/Sec     0.96k   312.50     1.75k    63.33%
  Latency Distribution
     50%  123.46ms
     75%  146.78ms
     90%  169.42ms
     99%    1.02s
  2843 requests in 3.02s, 430.33KB read
  Socket errors: connect 1, read 2, write 3, timeout 32
  Non-2xx or 3xx responses: 7
Requests/sec:    941.53
Transfer/sec:    142.51KB
"""

H2LOAD = """\
starting benchmark...
Warm-up phase is over for thread #0.
Main benchmark duration is started for thread #0.
TLS Protocol: TLSv1.3
Application protocol: http/1.1
Main benchmark duration is over for thread #0. Stopping all clients.
Stopped all clients for thread #0

finished in 1.01s, 6504.00 req/s, 844.76KB/s
requests: 6504 total, 6536 started, 6504 done, 6504 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 6504 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 844.76KB (865032) total, 533.53KB (546336) headers (space savings 0.00%), 88.92KB (91056) data
                     min         max         mean         sd        +/- sd
time for request:      276us     55.86ms      4.69ms      6.54ms    88.12%
"""

H2LOAD_WITH_ERRORS = """\
finished in 513.07ms, 194.91 req/s, 25.31KB/s
requests: 100 total, 100 started, 100 done, 95 succeeded, 5 failed, 5 errored, 0 timeout
status codes: 90 2xx, 0 3xx, 0 4xx, 5 5xx
traffic: 12.99KB (13300) total, 8.20KB (8400) headers (space savings 0.00%), 1.37KB (1400) data
"""
