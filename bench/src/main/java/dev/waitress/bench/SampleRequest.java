package dev.waitress.bench;

import dev.waitress.http.Ascii;

/** The requests that the benchmarks parse. */
public enum SampleRequest {
    /** What a browser sends for a page that it has visited before: 20 header fields. */
    BROWSER("""
            GET /articles/2026/11/why-servers-wait?page=2&sort=newest HTTP/1.1
            Host: www.example.com
            Connection: keep-alive
            Cache-Control: max-age=0
            sec-ch-ua: "Chromium";v="142", "Not?A_Brand";v="24", "Google Chrome";v="142"
            sec-ch-ua-mobile: ?0
            sec-ch-ua-platform: "Linux"
            Upgrade-Insecure-Requests: 1
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
            Sec-Fetch-Site: same-origin
            Sec-Fetch-Mode: navigate
            Sec-Fetch-User: ?1
            Sec-Fetch-Dest: document
            Referer: https://www.example.com/articles/2026/11/
            Accept-Encoding: gzip, deflate, br, zstd
            Accept-Language: en-GB,en;q=0.9,de;q=0.8
            Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=necessary
            DNT: 1
            If-None-Match: W/"5e15153d-2b1c"
            If-Modified-Since: Tue, 10 Nov 2026 08:12:31 GMT

            """),
    /** What a load generator or a health check sends. */
    SMALL("""
            GET / HTTP/1.1
            Host: 127.0.0.1:8080
            User-Agent: curl/8.5.0
            Accept: */*

            """),
    /** 16 KiB in chunks of 1 KiB. */
    CHUNKED_UPLOAD("""
            POST /upload HTTP/1.1
            Host: 127.0.0.1:8080
            User-Agent: curl/8.5.0
            Accept: */*
            Content-Type: application/octet-stream
            Transfer-Encoding: chunked

            """ + ("400\n" + "x".repeat(1024) + "\n").repeat(16) + "0\n\n");

    private final String text;

    SampleRequest(String text) {
        this.text = text;
    }

    /** The request as it goes over the wire. */
    public byte[] bytes() {
        return Ascii.bytes(text.replace("\n", "\r\n"));
    }
}
