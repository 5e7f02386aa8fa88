package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.settings.Setting;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.PythonNumbers;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from the process that started the front, and what is written to it. */
class CallerTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();

    @SafeVarargs
    private Caller caller(Consumer<MarshalWriter>... orders) {
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        for (Consumer<MarshalWriter> each : orders) {
            in.writeBytes(FakeLink.frame(each));
        }
        return new Caller(new ByteArrayInputStream(in.toByteArray()), out);
    }

    private static Consumer<MarshalWriter> order(int kind, int number) {
        return writer -> {
            writer.tuple(2);
            writer.integer(kind);
            writer.integer(number);
        };
    }

    private static Consumer<MarshalWriter> assignment(String application, String name, String value) {
        return writer -> {
            writer.tuple(5);
            writer.integer(30);
            writer.list(1);
            writer.tuple(2);
            writer.text(name);
            writer.text(value);
            writer.text(application);
            writer.text("python3");
            writer.list(2);
            writer.text("/shop");
            writer.text("");
        };
    }

    /** Takes down what is ordered. */
    private final class Noted implements Orders {
        @Override
        public void stop(boolean isAtTerminal) {
            events.add("stop " + isAtTerminal);
        }

        @Override
        public void level(int pythonLevel) {
            events.add("level " + pythonLevel);
        }

        @Override
        public void reload() {
            events.add("reload");
        }

        @Override
        public void addWorker() {
            events.add("add");
        }

        @Override
        public void removeWorker() {
            events.add("remove");
        }

        @Override
        public void reopenLogs() {
            events.add("reopen");
        }
    }

    private MarshalReader written() {
        byte[] frame = out.toByteArray();
        assertThat(MarshalReader.getInt(frame, 0)).as("length of the frame").isEqualTo(frame.length - 4);
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 4, frame.length);
        return reader;
    }

    /** Each number of an order or a report is the same on both sides. */
    @Test
    void speaksTheProtocolOfThePythonSide() throws Exception {
        Map<String, Integer> here = PythonNumbers.of(Caller.class);
        here.remove("MAX_FRAME_BYTES");
        assertThat(PythonNumbers.of(Path.of("..", "python", "src", "waitress", "front.py")))
                .containsAllEntriesOf(here);
    }

    @Test
    void givesTheSettingsFirst() throws IOException {
        Caller caller = caller(assignment("", "threads", "7"));
        Assignment given = caller.readAssignment(level -> events.add("level " + level));
        assertThat(given.settings().getInt(Setting.THREADS)).isEqualTo(7);
        assertThat(given.isByName()).isFalse();
        assertThat(events).containsExactly("level 30");
    }

    @Test
    void mayNameTheApplicationAndWhereItIsFound() throws IOException {
        Assignment given = caller(assignment("shop:app", "threads", "7")).readAssignment(level -> {});
        assertThat(given.isByName()).isTrue();
        assertThat(given.application().name()).isEqualTo("shop:app");
        assertThat(given.application().path()).containsExactly("/shop", "");
        assertThat(given.python()).containsExactly("python3");
    }

    @Test
    void isToldOfASettingThatIsWrong() {
        Caller caller = caller(assignment("", "threads", "many"));
        assertThatExceptionOfType(SettingsException.class).isThrownBy(() -> caller.readAssignment(level -> {}));
    }

    @Test
    void isObeyedUntilItIsGone() {
        Caller caller =
                caller(order(1, 10), order(2, 0), order(3, 0), order(4, 0), order(5, 0), order(0, 1), order(0, 0));
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> caller.obey(new Noted()));
        assertThat(events).containsExactly("level 10", "reload", "add", "remove", "reopen", "stop true", "stop false");
    }

    @Test
    void isNotUnderstoodIfItGivesAnotherOrder() {
        Caller caller = caller(order(9, 0));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> caller.obey(new Noted()))
                .withMessage("an order of kind 9");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, (1 << 20) + 1, Integer.MAX_VALUE})
    void isNotUnderstoodIfItSendsAFrameThatIsNone(int length) {
        byte[] frame = new byte[4];
        MarshalWriter.putInt(frame, 0, length);
        Caller caller = new Caller(new ByteArrayInputStream(frame), out);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> caller.obey(new Noted()))
                .withMessage("a frame of " + length + " bytes");
    }

    @Test
    void isToldWhyTheServerDoesNotStart() throws IOException {
        caller().refused("wrong");
        MarshalReader refused = written();
        assertThat(refused.sequence()).isEqualTo(2);
        assertThat(refused.integer()).isEqualTo(1);
        assertThat(refused.text()).isEqualTo("wrong");
        out.reset();
        caller().failed("in use");
        MarshalReader failed = written();
        assertThat(failed.sequence()).isEqualTo(2);
        assertThat(failed.integer()).isEqualTo(2);
        assertThat(failed.text()).isEqualTo("in use");
        out.reset();
        caller().unloadable(new WorkerFailedException(new LoadFailure("it is", "broken\n", 1)));
        MarshalReader unloadable = written();
        assertThat(unloadable.sequence()).isEqualTo(2);
        assertThat(unloadable.integer()).isEqualTo(4);
        assertThat(unloadable.text()).isEqualTo("it is\nbroken");
    }

    @Test
    void isGivenLogRecords() throws IOException {
        caller().log(new LogLine(30, "waitress", "message", "trace"));
        MarshalReader record = written();
        assertThat(record.sequence()).isEqualTo(5);
        assertThat(record.integer()).isEqualTo(3);
        assertThat(record.integer()).isEqualTo(30);
        assertThat(record.text()).isEqualTo("waitress");
        assertThat(record.text()).isEqualTo("message");
        assertThat(record.text()).isEqualTo("trace");
    }

    @Test
    void isGivenLongRecordsShortened() {
        String text = "a".repeat(50_000) + "b".repeat(50_000);
        String shortened = new LogLine(30, "waitress", text, "").message();
        assertThat(shortened)
                .startsWith("aaa")
                .endsWith("bbb")
                .contains("[... 34464 more characters ...]")
                .hasSizeLessThan(66_000);
    }
}
