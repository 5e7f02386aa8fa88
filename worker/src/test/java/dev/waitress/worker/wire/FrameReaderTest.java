package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final int MOST_OF_GREETING = 4 * 1024;
    private static final int USUAL = 256 * 1024;
    private static final int MOST = 8 * 1024 * 1024;

    private final Recorder recorder = new Recorder();
    private final FrameReader reader = new FrameReader(recorder);

    /** Notes frames and raw bytes; a frame of {@code rN} is followed by N of these. */
    private static final class Recorder implements FrameListener {
        final List<String> frames = new ArrayList<>();
        final ByteArrayOutputStream raw = new ByteArrayOutputStream();
        Runnable meanwhile = () -> {};

        @Override
        public int frame(byte[] bytes, int start, int end) {
            meanwhile.run();
            String text = end - start > 10 ? end - start + " bytes" : text(bytes, start, end - start);
            frames.add(text);
            return text.startsWith("r") ? Integer.parseInt(text.substring(1)) : 0;
        }

        @Override
        public void raw(byte[] bytes, int start, int count) {
            raw.write(bytes, start, count);
        }

        @Override
        public void closed(@Nullable Throwable failure) {}

        private static String text(byte[] bytes, int start, int count) {
            return new String(bytes, start, count, StandardCharsets.US_ASCII);
        }
    }

    private static byte[] frames(String... contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String each : contents) {
            byte[] length = new byte[FrameReader.LENGTH_BYTES];
            MarshalWriter.putInt(length, 0, each.length());
            all.writeBytes(length);
            all.writeBytes(each.getBytes(StandardCharsets.US_ASCII));
        }
        return all.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }

    /** As a socket would: as much as there is space for at once. */
    private void arrive(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        while (from.hasRemaining()) {
            ByteBuffer space = reader.space();
            int count = Math.min(space.remaining(), from.remaining());
            assertThat(count).as("space for what arrives").isPositive();
            space.put(from.slice(from.position(), count));
            from.position(from.position() + count);
            reader.takeIn();
        }
    }

    private static final byte[] CONVERSATION = join(
            frames("one", "r5"), "hello".getBytes(StandardCharsets.US_ASCII), frames("", "two", "r1"), new byte[] {'x'
            });

    @Test
    void givesTheSameHoweverTheBytesAreCut() {
        for (int size = 1; size <= CONVERSATION.length; size++) {
            recorder.frames.clear();
            recorder.raw.reset();
            for (int at = 0; at < CONVERSATION.length; at += size) {
                arrive(Arrays.copyOfRange(CONVERSATION, at, Math.min(CONVERSATION.length, at + size)));
            }
            assertThat(recorder.frames).as("pieces of %d", size).containsExactly("one", "r5", "", "two", "r1");
            assertThat(recorder.raw.toString(StandardCharsets.US_ASCII)).isEqualTo("hellox");
        }
    }

    @Test
    void takesAFrameOfTheBoundFromAWorker() {
        reader.handOver(recorder);
        arrive(frames("x".repeat(MOST), "next"));
        assertThat(recorder.frames).containsExactly(MOST + " bytes", "next");
        assertThat(reader.space().capacity()).as("what one large frame needed").isEqualTo(USUAL);
    }

    @Test
    void takesAGreetingOfTheBound() {
        arrive(frames("x".repeat(MOST_OF_GREETING)));
        assertThat(recorder.frames).containsExactly(MOST_OF_GREETING + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {MOST_OF_GREETING + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void refusesALongerGreeting(int length) {
        byte[] head = new byte[FrameReader.LENGTH_BYTES];
        MarshalWriter.putInt(head, 0, length);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> arrive(head))
                .withMessage("a frame of " + length + " bytes, limit " + MOST_OF_GREETING);
    }

    @ParameterizedTest
    @ValueSource(ints = {MOST + 1, -1})
    void refusesALongerFrameOfAWorker(int length) {
        reader.handOver(recorder);
        byte[] head = new byte[FrameReader.LENGTH_BYTES];
        MarshalWriter.putInt(head, 0, length);
        assertThatIllegalArgumentException().isThrownBy(() -> arrive(head));
    }

    @Test
    void hasMoreSpaceForAWorker() {
        recorder.meanwhile = () -> reader.handOver(recorder);
        arrive(frames("hello"));
        assertThat(reader.space().capacity()).isEqualTo(USUAL);
    }

    @Test
    void handsWhatFollowsToAnotherListener() {
        Recorder other = new Recorder();
        recorder.meanwhile = () -> reader.handOver(other);
        arrive(frames("hello", "world"));
        assertThat(recorder.frames).containsExactly("hello");
        assertThat(other.frames).containsExactly("world");
        assertThat(reader.listener()).isSameAs(other);
    }

    /** Who takes in a frame may find that it makes no sense. */
    @Test
    void dropsWhatFollowsOnceItIsClosed() {
        recorder.meanwhile = reader::close;
        arrive(frames("one", "two"));
        assertThat(recorder.frames).containsExactly("one");
        assertThat(reader.space().capacity()).isZero();
    }
}
