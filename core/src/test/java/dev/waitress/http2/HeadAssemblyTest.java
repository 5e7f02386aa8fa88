package dev.waitress.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.http.Limits;
import dev.waitress.http.Protocol;
import dev.waitress.http.RequestHead;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.testkit.Property;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadAssemblyTest {
    private static final Limits LIMITS = new Limits(60, 600, 8, 30, 20, 40);
    private static final List<String> GET =
            List.of(":method", "GET", ":scheme", "http", ":path", "/a?b", ":authority", "h:1");

    private final HeadAssembly heads = new HeadAssembly(LIMITS);

    /** {@code malformed}, the status and text of a refusal, or {@code accepted}. */
    private String assemble(boolean endsStream, List<String> fields) {
        heads.begin();
        for (int i = 0; i < fields.size(); i += 2) {
            byte[] name = Ascii.bytes(fields.get(i));
            byte[] value = Ascii.bytes(fields.get(i + 1));
            heads.field(name, 0, name.length, value, 0, value.length);
        }
        if (!heads.end(endsStream)) {
            return "malformed";
        }
        return heads.rejection() == null
                ? "accepted"
                : heads.rejection().rule().status().code() + " "
                        + heads.rejection().text();
    }

    private String assemble(String... more) {
        List<String> fields = new ArrayList<>(GET);
        fields.addAll(List.of(more));
        return assemble(true, fields);
    }

    private static String text(RequestHead head) {
        return head.text(head.methodStart(), head.methodStart() + head.length());
    }

    @Test
    void laysAHeadOutAsOneOfHttp1() {
        assertThat(assemble("x-a", "1", "cookie", "a", "x-a", "2", "cookie", "b", "x_hidden", "3"))
                .isEqualTo("accepted");
        RequestHead head = heads.head();
        assertThat(text(head))
                .isEqualTo("GET /a?b HTTP/2.0\r\nhost: h:1\r\nx-a: 1\r\ncookie: a\r\nx-a: 2\r\ncookie: b\r\n\r\n");
        assertThat(head.protocol()).isEqualTo(Protocol.HTTP_2);
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.targetText()).isEqualTo("/a?b");
        assertThat(head.text(head.queryStart(), head.queryEnd())).isEqualTo("b");
        assertThat(head.joinedValues(head.find("x-a"))).isEqualTo("1, 2");
        assertThat(head.detach().value("cookie")).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({
        "host, h:1, accepted",
        "host, H:1, accepted",
        "host, other, malformed",
        "te, trailers, accepted",
        "te, 'trailers, deflate', malformed",
        "content-length, 0, accepted",
        "content-length, 1, malformed",
        "content-length, x, 400 Content-Length is invalid",
        "content-type, a, accepted",
        "x-forwarded-for, a, accepted",
        "expect, 100-continue, accepted",
    })
    void judgesFields(String name, String value, String outcome) {
        assertThat(assemble(name, value)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "':method GET', malformed",
        "':method GET :scheme http', malformed",
        "':method GET :path /', malformed",
        "':method GET :scheme ftp :path / host a', malformed",
        "':scheme http :path / host a', malformed",
        "':method GET :scheme http :path / host a :authority a', malformed",
        "':method GET :scheme http :path / :path / host a', malformed",
        "':method GET :scheme http :path /', '400 Host header is missing'",
        "':method GET :scheme http :path / host a host a', '400 Duplicate header: host'",
        "':method GET :scheme http :path / host @', '400 Host header is invalid'",
        "':method get :scheme http :path / host a', '400 Malformed HTTP method \"get\"'",
        "':method G(T :scheme http :path / host a', malformed",
        "':method CONNECT :authority a', '501 CONNECT is not supported'",
        "':method OPTIONS :scheme http :path * host a', accepted",
        "':method GET :scheme http :path * host a', '400 Bad URI'",
        "':method GET :scheme http :path http://a/ host a', '400 Bad URI'",
        "':method POST :scheme https :path / host a content-length 40', '413 exceeds max_body of 40'",
    })
    void judgesWhatStandsInTheLine(String fields, String outcome) {
        assertThat(assemble(true, List.of(fields.split(" ")))).isEqualTo(outcome);
    }

    @Test
    void holdsTheLimits() {
        assertThat(assemble("x", "y".repeat(600))).isEqualTo("431 exceeds max_header of 600");
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            many.addAll(List.of("a", ""));
        }
        assertThat(assemble(many.toArray(String[]::new))).isEqualTo("431 exceeds max_request_headers of 8");
        assertThat(assemble(
                        true,
                        List.of(":method", "GET", ":scheme", "http", ":path", "/" + "x".repeat(60), ":authority", "a")))
                .isEqualTo("414 exceeds max_request_line of 60");
        assertThat(assemble(
                        false,
                        List.of(
                                ":method",
                                "PUT",
                                ":scheme",
                                "http",
                                ":path",
                                "/",
                                "host",
                                "a",
                                "content-length",
                                "40")))
                .isEqualTo("413 exceeds max_body of 40");
    }

    @Test
    void knowsWhetherTheLengthOfABodyIsStated() {
        assemble(false, List.of(":method", "PUT", ":scheme", "http", ":path", "/", "host", "a", "content-length", "5"));
        assertThat(heads.head().contentLength()).isEqualTo(5);
        assertThat(heads.head().isChunked()).isFalse();
        assemble(false, List.of(":method", "PUT", ":scheme", "http", ":path", "/", "host", "a"));
        assertThat(heads.head().isChunked()).isTrue();
    }

    private static List<String> random(SplittableRandom random) {
        List<String> fields = new ArrayList<>();
        if (random.nextInt(10) > 0) {
            fields.addAll(List.of(":method", Property.oneOf(random, "GET", "POST", "OPTIONS", "HEAD", "get", "")));
            fields.addAll(List.of(":path", Property.text(random, "/*?%#: a\r\n\0\u00e9", 0, 6)));
            fields.addAll(List.of(":scheme", Property.oneOf(random, "http", "https", "HTTP", "x")));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            String name = random.nextInt(3) == 0
                    ? Property.text(random, "abC-_: \r\n\0", 0, 4)
                    : Property.oneOf(
                            random,
                            "host",
                            ":authority",
                            "x-a",
                            "cookie",
                            "te",
                            "connection",
                            "content-length",
                            "content-type",
                            "transfer-encoding",
                            "expect",
                            "x_a",
                            ":path");
            String value = random.nextInt(3) == 0
                    ? Property.text(random, "ab ,:\r\n\0\t", 0, 5)
                    : Property.oneOf(random, "a", "a:1", "[::1]", "0", "5", "trailers", "chunked", "100-continue", "");
            fields.addAll(List.of(name, value));
        }
        return fields;
    }

    /** What is accepted, HTTP/1 reads as the same request: nothing hides in it, and nothing is let in here alone. */
    @Test
    void acceptsNothingThatHttp1WouldReadOtherwise() {
        Property.holds(20_000, random -> {
            List<String> fields = random(random);
            if (!assemble(true, fields).equals("accepted")) {
                return;
            }
            RequestHead head = heads.head().detach();
            byte[] http1 = Ascii.bytes(text(head).replaceFirst(" HTTP/2\\.0\r\n", " HTTP/1.1\r\n"));
            ParseStep step = new Http1Parser(LIMITS).feed(ByteBuffer.wrap(http1));
            assertThat(step).as(text(head)).isInstanceOf(ParseStep.Head.class);
            RequestHead same = ((ParseStep.Head) step).head();
            assertThat(same.fieldCount()).isEqualTo(head.fieldCount());
            assertThat(same.length()).isEqualTo(head.length());
            for (int field = 0; field < head.fieldCount(); field++) {
                assertThat(same.nextOfName(field)).isEqualTo(head.nextOfName(field));
                assertThat(same.valueEnd(field)).isEqualTo(head.valueEnd(field));
            }
            assertThat(same.isChunked()).isFalse();
        });
    }
}
