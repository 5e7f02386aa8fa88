package dev.waitress.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.testkit.Heads;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1WriterTest {
    private static final byte[] DATE = Ascii.bytes("Date: d\r\n");
    private static final byte[] SERVER = Ascii.bytes("Server: s\r\n");
    private static final byte[] FIELD = Ascii.bytes("X: y");

    private static ResponseHead head() {
        ResponseHead head = new ResponseHead();
        head.start(Ascii.bytes("200 OK"), 0, 6);
        head.field(FIELD, 0, 1, FIELD, 3, 4);
        return head;
    }

    /** RFC 9112 §6 and §9.3; the answer to HEAD says what that to GET would. */
    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1~Host: h~~, OPEN, false, HTTP/1.1, 'Transfer-Encoding: chunked~Date: d~Server: s~', true",
        "GET / HTTP/1.1~Host: h~~, STATED, false, HTTP/1.1, 'Date: d~Server: s~', true",
        "GET / HTTP/1.1~Host: h~~, NONE, true, HTTP/1.1, 'Date: d~Server: s~Connection: close~', false",
        "GET / HTTP/1.1~Host: h~Connection: close~~, STATED, false, HTTP/1.1, 'Date: d~Server: s~Connection: close~', false",
        "HEAD / HTTP/1.1~Host: h~~, OMITTED, false, HTTP/1.1, 'Transfer-Encoding: chunked~Date: d~Server: s~', true",
        "GET / HTTP/1.0~~, STATED, false, HTTP/1.0, 'Date: d~Server: s~Connection: close~', false",
        "GET / HTTP/1.0~Connection: keep-alive~~, STATED, false, HTTP/1.0, 'Date: d~Server: s~Connection: Keep-Alive~', true",
        "GET / HTTP/1.0~Connection: keep-alive~~, OPEN, false, HTTP/1.0, 'Date: d~Server: s~Connection: close~', false",
        "HEAD / HTTP/1.0~Connection: keep-alive~~, OMITTED, false, HTTP/1.0, 'Date: d~Server: s~Connection: close~', false",
    })
    void saysHowTheAnswerEndsAndTheConnectionGoesOn(
            String request, BodyLength body, boolean closing, String version, String fields, boolean keeps) {
        Http1Writer writer = Http1Writer.to(Heads.parse(request.replace("~", "\r\n")));
        ResponseHead head = head();
        writer.complete(head, body, closing, DATE, SERVER);
        assertThat(new String(head.bytes(), head.start(), head.end() - head.start(), ISO_8859_1).replace("\r\n", "~"))
                .isEqualTo(version + " 200 OK~X: y~" + fields + "~");
        assertThat(writer.keepsConnection()).isEqualTo(keeps);
    }

    /** RFC 9110 §15.2. */
    @ParameterizedTest
    @CsvSource({"HTTP/1.0, false", "HTTP/1.1, true", "HTTP/1.7, true"})
    void sendsHintsToThoseWhoKnowThem(String version, boolean isSent) {
        ResponseHead hints = new ResponseHead();
        hints.startHints();
        hints.field(FIELD, 0, 1, FIELD, 3, 4);
        Http1Writer writer = Http1Writer.to(Heads.parse("GET / " + version + "\r\nHost: h\r\n\r\n"));
        assertThat(writer.completeHints(hints)).isEqualTo(isSent);
        if (isSent) {
            assertThat(new String(hints.bytes(), hints.start(), hints.end() - hints.start(), ISO_8859_1))
                    .isEqualTo("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"Date, 'Date: v~Server: s~'", "Server, 'Server: v~Date: d~'"})
    void leavesToTheApplicationWhatItSays(String name, String fields) {
        ResponseHead head = new ResponseHead();
        head.start(Ascii.bytes("200 OK"), 0, 6);
        byte[] own = Ascii.bytes(name + "v");
        head.field(own, 0, name.length(), own, name.length(), own.length);
        Http1Writer.to(Heads.parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                .complete(head, BodyLength.STATED, false, DATE, SERVER);
        assertThat(new String(head.bytes(), head.start(), head.end() - head.start(), ISO_8859_1).replace("\r\n", "~"))
                .isEqualTo("HTTP/1.1 200 OK~" + fields + "~");
    }
}
