package dev.waitress.http;

import java.util.stream.Stream;

/** Where the fuzzer starts: messages that reach most of the parser's code, well formed and nearly so. */
final class Seeds {
    private Seeds() {}

    static Stream<byte[]> requests() {
        return Stream.of(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                        "\r\nGET /a?b=c HTTP/1.0\r\nConnection: keep-alive, x\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
                        "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nX_Y: z\r\nx-a: 1\r\nX-A:\t2 \r\n\r\n",
                        "GET http://ex.com:80/p?q HTTP/1.7\r\nHost: a\r\nContent-Type: b\r\nConnection: close\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
                        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: , Chunked\r\n\r\n"
                                + "5;a=\"x\\\"y\";b=c\r\nhello\r\n00006\r\n world\r\n0\r\nX-T: 1\r\n\r\nGET",
                        "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n 0\r\n\r\n",
                        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                        "get / HTTP/2.0\r\nHost: a\rb\r\n\r\n")
                .map(Ascii::bytes);
    }

    static Stream<byte[]> chunkedBodies() {
        return Stream.of(
                        "0\r\n\r\n",
                        "5\r\nhello\r\n0\r\nX-T: 1\r\nY:\r\n\r\n",
                        "00A;a=\"x\\\"y\";b=c;d\r\n0123456789\r\n1\r\nx\r\n0;e\r\n\r\n",
                        "fffffffffffffffff\r\n",
                        "2 \r\nab\r\n0\r\n\r\n",
                        "2\r\nabc\r\n0\r\n X: y\r\n\r\n")
                .map(Ascii::bytes);
    }
}
