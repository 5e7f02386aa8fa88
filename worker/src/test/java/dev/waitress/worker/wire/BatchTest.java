package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Batch();

    private void add(int request) {
        batch.writer.integer(request);
        batch.added();
    }

    @Test
    void isAFrameWithAListOfItsRequests() {
        assertThat(batch.isEmpty()).isTrue();
        add(7);
        add(8);
        assertThat(batch.isEmpty()).isFalse();
        batch.finish();
        assertThat(HexFormat.of().formatHex(batch.writer.toByteArray()))
                .isEqualTo("0f000000" + "5b02000000" + "6907000000" + "6908000000");
    }

    @Test
    void isEmptyAgainWhenItsLastRequestIsAnswered() {
        add(7);
        add(8);
        batch.finish();
        assertThat(batch.released()).isFalse();
        assertThat(batch.isEmpty()).isFalse();
        assertThat(batch.released()).isTrue();
        assertThat(batch.isEmpty()).isTrue();
        add(9);
        batch.finish();
        assertThat(HexFormat.of().formatHex(batch.writer.toByteArray()))
                .isEqualTo("0a000000" + "5b01000000" + "6909000000");
    }

    /** Behind its requests stands what they need, once. */
    @Test
    void bringsTemplates() {
        add(7);
        batch.define(new EnvironTemplate(3, 0, new byte[0], new byte[] {'T', 'F'}));
        batch.finish();
        assertThat(HexFormat.of().formatHex(batch.writer.toByteArray()))
                .isEqualTo(
                        "15000000" + "5b02000000" + "6907000000" + "7b" + "6903000000" + "7b" + "5446" + "30" + "30");
        batch.released();
        add(8);
        batch.finish();
        assertThat(HexFormat.of().formatHex(batch.writer.toByteArray()))
                .isEqualTo("0a000000" + "5b01000000" + "6908000000");
    }
}
