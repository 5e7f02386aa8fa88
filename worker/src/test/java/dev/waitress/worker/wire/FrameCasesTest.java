package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.meter.Meter;
import dev.waitress.meter.WorkerMeter;
import dev.waitress.worker.fakes.FakeLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of {@code wire/frames/}: both sides of the protocol agree on them. */
class FrameCasesTest {
    private final List<String> events = new ArrayList<>();

    static Stream<FrameCase> answers() throws IOException {
        return FrameCase.read("answers.txt");
    }

    static Stream<FrameCase> reports() throws IOException {
        return FrameCase.read("reports.txt");
    }

    static Stream<FrameCase> zygotes() throws IOException {
        return FrameCase.read("zygote.txt");
    }

    static Stream<FrameCase> orders() throws IOException {
        return FrameCase.read("orders.txt");
    }

    @ParameterizedTest
    @MethodSource("answers")
    void readsWhatAWorkerAnswers(FrameCase each) {
        AnswerRecorder recorder = new AnswerRecorder(events);
        AnswerReader reader = new AnswerReader(recorder, recorder, new WorkerMeter(new Meter(10), () -> 1));
        byte[] raw = String.join("", each.all("raw")).getBytes(StandardCharsets.US_ASCII);
        byte[] frame = each.bytes();
        assertThat(reader.frame(frame, 0, frame.length)).as("raw bytes").isEqualTo(raw.length);
        if (raw.length > 0) {
            reader.raw(raw, 0, raw.length);
        }
        assertThat(events).isEqualTo(each.all("means"));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void readsWhatAWorkerReports(FrameCase each) {
        ControlRecorder recorder = new ControlRecorder(events);
        byte[] frame = each.bytes();
        assertThat(new ControlReader(recorder, recorder, recorder).frame(frame, 0, frame.length))
                .isZero();
        assertThat(events).isEqualTo(each.all("means"));
    }

    @ParameterizedTest
    @MethodSource("zygotes")
    void readsWhatAZygoteReports(FrameCase each) {
        byte[] frame = each.bytes();
        assertThat(new ZygoteReader(new ControlRecorder(events)).frame(frame, 0, frame.length))
                .isZero();
        assertThat(events).isEqualTo(each.all("means"));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void writesWhatAWorkerIsTold(FrameCase each) {
        FakeLink link = new FakeLink();
        ControlWriter writer = new ControlWriter();
        writer.sendOn(link);
        order(writer, each.all("order").get(0).split(" "));
        assertThat(link.lastFrame()).isEqualTo(each.bytes());
    }

    private static void order(ControlWriter writer, String[] words) {
        int[] numbers = Arrays.stream(words)
                .skip(1)
                .filter(word -> word.matches("[0-9]+"))
                .mapToInt(Integer::parseInt)
                .toArray();
        switch (words[0]) {
            case "takeover" -> writer.takeover();
            case "credit" -> writer.credit(numbers[0], numbers[1]);
            case "clientLeft" -> writer.clientLeft(numbers[0]);
            case "clientClosed" -> writer.clientClosed(numbers[0]);
            case "fileSent" -> writer.fileSent(numbers[0]);
            case "recall" -> writer.recall();
            case "askForStacks" -> writer.askForStacks();
            case "overdue" -> writer.overdue(numbers[0], numbers[1] == 1);
            case "where" -> writer.where(numbers[0]);
            case "quit" -> writer.quit();
            case "ping" -> writer.ping();
            case "fork" -> writer.fork(numbers[0], words[2]);
            case "log" -> {
                boolean taken = writer.log(record -> {
                    record.integer(numbers[0]);
                    record.text(words[2]);
                    record.text(words[3]);
                    record.text(words[4]);
                });
                assertThat(taken).isTrue();
            }
            default -> throw new IllegalArgumentException("no order " + words[0]);
        }
    }
}
