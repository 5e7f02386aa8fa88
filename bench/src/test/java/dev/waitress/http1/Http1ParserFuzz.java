package dev.waitress.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waitress.http.Ascii;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes give requests or one refusal, never an exception; the same however they are cut; nothing beyond the end is
 * read. Each head that is accepted has the form of RFC 9112, and written anew it means the same.
 */
@FuzzedWhereJazzerRuns
class Http1ParserFuzz {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** RFC 9112 §2.1, with empty lines before it (§2.2), and nothing in the target but what a URI may hold. */
    private static final Pattern HEAD = Pattern.compile("(?:\r\n)*" + TOKEN + " [!-~&&[^#]]+ HTTP/1\\.[0-9]\r\n" + "(?:"
            + TOKEN + ":[\t -~\u0080-\u00ff]*+\r\n)*+\r\n");

    static Stream<byte[]> seeds() {
        return Seeds.requests();
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsAnyBytes(byte[] input) {
        Reading whole = Reading.whole(input);
        assertThat(Reading.byteByByte(input)).isEqualTo(whole);
        assertThat(Reading.inPieces(input)).isEqualTo(whole);
        for (Reading.Message message : whole.messages()) {
            assertThat(HEAD.matcher(message.wire()).lookingAt())
                    .as(message.wire())
                    .isTrue();
            assertMeansTheSame(message, Reading.whole(Ascii.bytes(message.rewritten())));
        }
    }

    private static void assertMeansTheSame(Reading.Message message, Reading rewritten) {
        assertThat(rewritten.rest()).isEmpty();
        assertThat(rewritten.messages())
                .extracting(Reading.Message::head, Reading.Message::body)
                .isEqualTo(List.of(tuple(message.head(), message.body())));
    }
}
