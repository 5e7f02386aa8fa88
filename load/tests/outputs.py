"""What wrk 4.1.0 printed, for the tests of its parser."""

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
