package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.worker.process.Changes;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigTest {
    private static WorkerConfig config(Map<String, String> settings) {
        return new WorkerConfig(
                List.of("python3"), PythonApplication.named("shop:app", false), Settings.ofText(settings));
    }

    @Test
    void reloadsAndPreloadsWhereItIsAsked() {
        assertThat(config(Map.of()).isReloading()).isFalse();
        assertThat(config(Map.of("reload", "true")).isReloading()).isTrue();
        assertThat(config(Map.of()).isPreloading()).isFalse();
        assertThat(config(Map.of("preload", "true")).isPreloading()).isTrue();
    }

    @Test
    void watchesWhatIsToBeWatched() throws IOException {
        assertThat(config(Map.of()).touches()).isSameAs(Changes.NONE);
        try (Changes touches = config(Map.of("touch_reload", "reload.txt")).touches()) {
            assertThat(touches.isEmpty()).isFalse();
        }
        assertThat(config(Map.of()).reasons().changes()).isSameAs(Changes.NONE);
        try (Changes changes = config(Map.of("reload", "true")).reasons().changes()) {
            assertThat(changes).isNotSameAs(Changes.NONE);
        }
    }

    /** So often that a worker need not stop before it is told. */
    @ParameterizedTest
    @CsvSource({"1, 1", "7, 1", "8, 2", "4000, 1000"})
    void givesCreditInQuartersOfWhatMayWait(long most, long step) {
        WorkerConfig config = config(Map.of("outbuf_high_watermark", String.valueOf(most)));
        assertThat(config.terms((board, byDescriptor) -> new MarshalWriter(1)).creditStep())
                .isEqualTo(step);
    }
}
