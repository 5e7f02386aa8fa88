package dev.waitress.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import dev.waitress.testkit.Property;
import dev.waitress.wire.Notation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a client sends. */
class Http1ParserProperties {
    private static final int CASES = 2000;
    private static final int LONGEST_PIECE = 200;
    /**
     * Five ints for each of 24 fields, two for each of 32 lines, and two tables of hashes, before any of them grows.
     */
    private static final int TABLE_BYTES = 4 * (5 * 24 + 2 * 32 + 64 + 32 + 16);

    /** So small that generated requests meet them. */
    private static final Limits SMALL = new Limits(60, 200, 5, 30, 20, 40);

    private static final String TOKEN = "[!#$%&'*+.^`|~0-9A-Za-z_-]+";

    /** RFC 9112 §3 and §5, written once more. */
    private static final Pattern HEAD = Pattern.compile("(\r\n)*[!#$%&'*+.^`|~0-9A-Z_-]+ [!-\"$-~]+ HTTP/1\\.[0-9]\r\n("
            + TOKEN + ":[\t -~\\x80-\\xff]*\r\n)*\r\n");

    private static List<byte[]> whole(String text) {
        return List.of(text.getBytes(ISO_8859_1));
    }

    private static List<byte[]> cut(SplittableRandom random, String text) {
        return Property.cut(random, text.getBytes(ISO_8859_1));
    }

    private static String mutant(SplittableRandom random) {
        return Property.mutate(
                random,
                Message.valid(random).written(random) + Message.valid(random).written(random));
    }

    @Test
    void validRequestsAreReadAsTheyWereMeant() {
        Property.holds(CASES, random -> {
            Message message = Message.valid(random);
            String text = message.written(random);
            Reading reading = Reading.of(Fed.LIMITS, cut(random, text));
            assertThat(reading.end()).as(Notation.encode(text)).isEqualTo("in a request: false");
            assertThat(reading.messages()).as(Notation.encode(text)).containsExactly(message);
        });
    }

    @Test
    void theBytesBehindARequestAreLeft() {
        Property.holds(CASES, random -> {
            String behind = Property.text(random, "GET / \r\n\0:", 0, 40);
            String text = Message.valid(random).written(random);
            Reading reading = Reading.first(Fed.LIMITS, cut(random, text + behind));
            assertThat(reading.messages()).as(Notation.encode(text)).hasSize(1);
            assertThat(reading.unread()).as(Notation.encode(text)).isEqualTo(behind.length());
        });
    }

    @Test
    void tamperedRequestsMeanTheSameHoweverTheyAreCut() {
        Property.holds(CASES, random -> {
            String text = mutant(random);
            Limits limits = random.nextBoolean() ? SMALL : Fed.LIMITS;
            Reading whole = Reading.of(limits, whole(text));
            Reading cut = Reading.of(limits, cut(random, text));
            assertThat(cut.end()).as(Notation.encode(text)).isEqualTo(whole.end());
            assertThat(cut.messages()).as(Notation.encode(text)).isEqualTo(whole.messages());
        });
    }

    @Test
    void whatIsAcceptedMeansTheSameWhenItIsWrittenPlainly() {
        Property.holds(CASES, random -> {
            String text = mutant(random);
            for (Message message : Reading.of(Fed.LIMITS, whole(text)).messages()) {
                Reading again = Reading.of(Fed.LIMITS, whole(message.plain()));
                assertThat(again.messages()).as(Notation.encode(text)).containsExactly(message);
                assertThat(again.end()).as(Notation.encode(text)).isEqualTo("in a request: false");
            }
        });
    }

    @Test
    void whatIsAcceptedIsInTheGrammar() {
        Property.holds(CASES, random -> {
            String text = mutant(random);
            Reading reading = Reading.first(Fed.LIMITS, whole(text));
            if (!reading.messages().isEmpty()) {
                String head = text.substring(0, text.indexOf("\r\n\r\n", text.indexOf(" ")) + 4);
                assertThat(head).matches(HEAD);
            }
        });
    }

    @Test
    void noMoreIsKeptThanTheLimitsAllow() {
        // Bytes of a head that has not ended, in an array that doubles, and the tables of lines and fields.
        long most = 2L * (SMALL.maxHeadBytes() + HeadScanner.MAX_LEADING_BYTES + LONGEST_PIECE) + TABLE_BYTES;
        Property.holds(CASES / 10, random -> {
            String text =
                    Property.text(random, "\r\n", 0, 4) + mutant(random) + Property.text(random, "a:\r\n", 0, 3000);
            List<byte[]> pieces = new ArrayList<>();
            for (int at = 0; at < text.length(); at += LONGEST_PIECE) {
                pieces.addAll(cut(random, text.substring(at, Math.min(text.length(), at + LONGEST_PIECE))));
            }
            assertThat(Reading.mostRetained(SMALL, pieces))
                    .as(Notation.encode(text))
                    .isLessThan(most);
        });
    }
}
