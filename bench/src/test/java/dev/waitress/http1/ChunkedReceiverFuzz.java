package dev.waitress.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waitress.http.Ascii;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes behind the head of a chunked request give a body or one refusal, never an exception; the same however they
 * are cut; nothing beyond the end is read. What is accepted is what the grammar of RFC 9112 §7.1 reads in the same
 * bytes, and within the limits.
 */
@FuzzedWhereJazzerRuns
class ChunkedReceiverFuzz {
    private static final byte[] HEAD = Ascii.bytes("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String QUOTED = "\"(?:[\t !#-\\[\\]-~\u0080-\u00ff]|\\\\[\t -~\u0080-\u00ff])*+\"";
    private static final Pattern SIZE_LINE =
            Pattern.compile("\\G([0-9A-Fa-f]++)(?:;" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?)*+\r\n");
    private static final Pattern TRAILERS = Pattern.compile("\\G(?:" + TOKEN + ":[\t -~\u0080-\u00ff]*+\r\n)*+\r\n");

    static Stream<byte[]> seeds() {
        return Seeds.chunkedBodies();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsAnyBytes(byte[] chunks) {
        byte[] input = new byte[HEAD.length + chunks.length];
        System.arraycopy(HEAD, 0, input, 0, HEAD.length);
        System.arraycopy(chunks, 0, input, HEAD.length, chunks.length);

        Reading whole = Reading.whole(input);
        assertThat(Reading.byteByByte(input)).isEqualTo(whole);
        assertThat(Reading.inPieces(input)).isEqualTo(whole);
        if (!whole.messages().isEmpty()) {
            Reading.Message message = whole.messages().get(0);
            assertThat(message.body()).hasSizeLessThan((int) Reading.LIMITS.maxBodyBytes());
            assertThat(message.body()).isEqualTo(read(message.wire()));
        }
    }

    /** The body by the grammar, which must span all that was consumed. */
    private static String read(String wire) {
        StringBuilder body = new StringBuilder();
        int at = HEAD.length;
        Matcher line = SIZE_LINE.matcher(wire);
        while (true) {
            assertThat(line.find(at)).as("size line at %d of %s", at, wire).isTrue();
            int size = Integer.parseInt(line.group(1), 16);
            at = line.end();
            if (size == 0) {
                break;
            }
            body.append(wire, at, at + size);
            at += size;
            assertThat(wire).startsWith(wire.substring(0, at) + Reading.CRLF);
            at += Reading.CRLF.length();
        }
        Matcher trailers = TRAILERS.matcher(wire);
        assertThat(trailers.find(at) && trailers.end() == wire.length())
                .as("trailers at %d of %s", at, wire)
                .isTrue();
        return body.toString();
    }
}
