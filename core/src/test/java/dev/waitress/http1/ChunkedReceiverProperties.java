package dev.waitress.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import dev.waitress.testkit.Property;
import dev.waitress.wire.Notation;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a client sends behind {@code Transfer-Encoding: chunked}. */
class ChunkedReceiverProperties {
    private static final int CASES = 10_000;
    private static final String ANY = "0123456789abcdef\r\n;=\"\\ :\0\u00e4";

    private static final String TOKEN = "[!#$%&'*+.^`|~0-9A-Za-z_-]+";
    private static final String QUOTED = "\"(?:[\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\t -~\\x80-\\xff])*\"";

    /** RFC 9112 §7.1 without BWS, written once more. */
    private static final Pattern SIZE_LINE =
            Pattern.compile("([0-9A-Fa-f]+)(?:;" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?)*\r\n");

    private static final Pattern TRAILERS = Pattern.compile("(?:" + TOKEN + ":[\t -~\\x80-\\xff]*\r\n)*\r\n");

    /**
     * What comes of a body.
     *
     * @param data what was decoded
     * @param end how it ended
     * @param length bytes that were taken
     */
    private record Decoded(String data, String end, int length) {}

    private static Decoded receive(Limits limits, List<byte[]> pieces) {
        ChunkedReceiver receiver = new ChunkedReceiver(limits, new ParseStep.BodyBytes());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        int length = 0;
        for (byte[] piece : pieces) {
            ByteBuffer in = ByteBuffer.wrap(piece);
            ParseStep step = receiver.feed(in);
            for (; step instanceof ParseStep.BodyBytes bytes; step = receiver.feed(in)) {
                data.write(bytes.array(), bytes.offset(), bytes.length());
            }
            length += in.position();
            if (step != ParseStep.Progress.NEED_MORE) {
                return new Decoded(data.toString(ISO_8859_1), step.toString(), length);
            }
        }
        return new Decoded(data.toString(ISO_8859_1), ParseStep.Progress.NEED_MORE.toString(), length);
    }

    private static List<byte[]> whole(String text) {
        return List.of(text.getBytes(ISO_8859_1));
    }

    private static String valid(SplittableRandom random) {
        return ChunkedBody.written(random, Property.text(random, ANY, 0, 60));
    }

    private static String anything(SplittableRandom random) {
        return random.nextInt(4) == 0 ? Property.text(random, ANY, 0, 30) : Property.mutate(random, valid(random));
    }

    @Test
    void validBodiesAreDecodedAndWhatIsBehindThemIsLeft() {
        Property.holds(CASES, random -> {
            String body = Property.text(random, ANY, 0, 60);
            String text = ChunkedBody.written(random, body);
            String behind = Property.text(random, ANY, 0, 10);
            assertThat(receive(Fed.LIMITS, Property.cut(random, (text + behind).getBytes(ISO_8859_1))))
                    .as(Notation.encode(text))
                    .isEqualTo(new Decoded(body, "COMPLETE", text.length()));
        });
    }

    @Test
    void anythingEndsTheSameHoweverItIsCut() {
        Limits small = new Limits(1, 1, 1, 16, 20, 40);
        Property.holds(CASES, random -> {
            String text = anything(random);
            Limits limits = random.nextBoolean() ? small : Fed.LIMITS;
            Decoded decoded = receive(limits, Property.cut(random, text.getBytes(ISO_8859_1)));
            assertThat(decoded).as(Notation.encode(text)).isEqualTo(receive(limits, whole(text)));
            assertThat(decoded.data().length()).isLessThan(Math.toIntExact(limits.maxBodyBytes()));
        });
    }

    @Test
    void whatTheGrammarSaysIsWhatIsTaken() {
        Property.holds(CASES, random -> {
            String text = anything(random);
            Decoded received = receive(Fed.LIMITS, whole(text));
            Decoded meant = decode(text);
            assertThat(received.end().equals("COMPLETE"))
                    .as(Notation.encode(text))
                    .isEqualTo(meant.length() > 0);
            if (meant.length() > 0) {
                assertThat(received).as(Notation.encode(text)).isEqualTo(meant);
            }
        });
    }

    /** By regular expressions; of length 0 if the text does not begin with a whole body. */
    private static Decoded decode(String text) {
        StringBuilder data = new StringBuilder();
        Matcher line = SIZE_LINE.matcher(text);
        int at = 0;
        while (line.region(at, text.length()).lookingAt()) {
            int size = new BigInteger(line.group(1), 16)
                    .min(BigInteger.valueOf(text.length()))
                    .intValue();
            int end = line.end() + size;
            if (size == 0) {
                Matcher trailers = TRAILERS.matcher(text).region(end, text.length());
                return new Decoded(data.toString(), "COMPLETE", trailers.lookingAt() ? trailers.end() : 0);
            }
            if (end + 2 > text.length() || !text.startsWith("\r\n", end)) {
                break;
            }
            data.append(text, line.end(), end);
            at = end + 2;
        }
        return new Decoded("", "", 0);
    }
}
