package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waitress.worker.fakes.FakeLink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlTest {
    private final List<String> events = new ArrayList<>();

    private static byte[] message(int kind, int more, Consumer<MarshalWriter> items) {
        MarshalWriter writer = new MarshalWriter(64);
        writer.tuple(1 + more);
        writer.integer(kind);
        items.accept(writer);
        return writer.toByteArray();
    }

    @Nested
    class AReader {
        private final ControlRecorder recorder = new ControlRecorder(events);
        private final ControlReader reader = new ControlReader(recorder, recorder, recorder);

        static Stream<byte[]> messages() {
            return Stream.of(
                    message(Protocol.READY, 0, writer -> {}),
                    message(Protocol.FAILED, 3, writer -> {
                        writer.text("message");
                        writer.text("traceback");
                        writer.integer(3);
                    }),
                    message(Protocol.LOGGING, 1, writer -> writer.integer(30)),
                    message(Protocol.STOP, 0, writer -> {}),
                    message(Protocol.PONG, 0, writer -> {}),
                    message(Protocol.RECALLED, 1, writer -> {
                        writer.list(2);
                        writer.integer(4);
                        writer.integer(5);
                    }),
                    message(Protocol.IMPORTED, 2, writer -> {
                        writer.integer(1234);
                        writer.list(1);
                        writer.text("/shop.py");
                    }));
        }

        @Test
        void tellsWhatAWorkerSays() {
            messages()
                    .forEach(each ->
                            assertThat(reader.frame(each, 0, each.length)).isZero());
            assertThat(events)
                    .containsExactly(
                            "ready",
                            "failed message traceback 3",
                            "logging 30",
                            "stop",
                            "alive",
                            "recalled [4, 5]",
                            "imported 1234 [/shop.py]");
        }

        @Test
        void tellsThatItsSocketIsClosed() {
            reader.closed(null);
            assertThat(events).containsExactly("lost null");
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 98, 99})
        void refusesAMessageOfAnotherKind(int kind) {
            byte[] other = message(kind, 0, writer -> {});
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reader.frame(other, 0, other.length))
                    .withMessage("a control message of kind " + kind);
        }

        @ParameterizedTest
        @MethodSource("messages")
        void refusesAMessageThatEndsTooSoon(byte[] message) {
            for (int length = 0; length < message.length; length++) {
                int end = length;
                assertThatIllegalArgumentException().isThrownBy(() -> reader.frame(message, 0, end));
            }
            assertThat(events).isEmpty();
        }

        @Test
        void refusesRawBytes() {
            assertThatIllegalArgumentException().isThrownBy(() -> reader.raw(new byte[1], 0, 1));
        }

        /** The system's names know no such byte. */
        @Test
        void refusesAPathThatIsNone() {
            byte[] message = message(Protocol.IMPORTED, 2, writer -> {
                writer.integer(1234);
                writer.list(1);
                writer.text("a\0b");
            });
            assertThatIllegalArgumentException().isThrownBy(() -> reader.frame(message, 0, message.length));
        }
    }

    @Nested
    class AWriter {
        private final ControlWriter writer = new ControlWriter();
        private final FakeLink link = new FakeLink();

        private boolean log() {
            return writer.log(record -> {
                record.integer(30);
                record.text("waitress");
                record.text("message");
                record.text("");
            });
        }

        private void tellAll() {
            writer.takeover();
            writer.credit(1, 2);
            writer.clientLeft(3);
            writer.quit();
            writer.recall();
            writer.fileSent(4);
            writer.clientClosed(5);
            writer.ping();
        }

        @Test
        void writesWhatAWorkerIsTold() {
            writer.sendOn(link);
            tellAll();
            assertThat(link.told()).containsExactly("0", "1 1 2", "2 3", "3", "4", "5 4", "7 5", "9");
            assertThat(log()).isTrue();
            assertThat(link.told()).containsExactly("6 30 waitress message ");
        }

        @Test
        void writesNothingBeforeThereIsASocket() {
            tellAll();
            assertThat(log()).isFalse();
            assertThat(writer.isConnected()).isFalse();
        }

        @Test
        void writesNothingToTheDead() {
            writer.sendOn(link);
            writer.end();
            tellAll();
            assertThat(log()).isFalse();
            assertThat(link.told()).isEmpty();
        }

        /** Other messages it must have. */
        @Test
        void keepsRecordsFromAWorkerThatReadsNothing() {
            writer.sendOn(link);
            link.stuck(1000);
            assertThat(log()).isTrue();
            link.stuck(1001);
            assertThat(log()).isFalse();
            writer.quit();
            assertThat(link.told()).endsWith("3");
        }
    }
}
