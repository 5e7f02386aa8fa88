package dev.waitress.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorLimitTest {
    @Test
    void isReadFromItsRow() {
        assertThat(DescriptorLimit.of(List.of(
                                "Limit                     Soft Limit           Hard Limit           Units     ",
                                "Max open files            1024                 1048576              files     "))
                        .descriptors())
                .isEqualTo(1024);
        assertThat(DescriptorLimit.of(List.of("Max open files  unlimited  unlimited  files"))
                        .descriptors())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(DescriptorLimit.of(List.of()).descriptors()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"1048576, 10000, 10000", "1024, 10000, 896", "1024, 100, 100", "128, 10000, 64", "32, 10000, 1"})
    void leavesAReserve(long descriptors, long wanted, int connections) {
        Settings settings = Settings.defaults().with(Setting.CONNECTION_LIMIT, wanted);
        assertThat(new DescriptorLimit(descriptors).bound(settings)).isEqualTo(connections);
    }

    /** The JVM, workers and listeners need some too. */
    @ParameterizedTest
    @CsvSource({
        "1024, 100, 796",
        "1024, 447, 449",
        "1024, 448, 448",
        "1024, 449, 448",
        "1024, 10000, 448",
        "256, 100, 96",
        "64, 100, 32",
        "9223372036854775807, 100, 2147483647"
    })
    void leavesFilesToClientsToo(long descriptors, long connections, int files) {
        Settings settings = Settings.defaults().with(Setting.CONNECTION_LIMIT, connections);
        assertThat(new DescriptorLimit(descriptors).files(settings)).isEqualTo(files);
    }

    /** With ulimit -n 64 a server starts, and answers one client at a time: somebody has to be told why. */
    @ParameterizedTest
    @CsvSource({"64, 1", "127, 63"})
    void saysWhereSoFewAreLeftThatClientsWait(long descriptors, long connections) {
        try (LogCapture log = new LogCapture()) {
            new DescriptorLimit(descriptors).bound(Settings.defaults());
            assertThat(log.lines())
                    .containsExactly("WARNING:waitress:connection_limit is " + connections + ": " + descriptors
                            + " open files allow no more");
        }
    }

    @Test
    void saysNothingWhereNobodyHasAskedForMore() {
        try (LogCapture log = new LogCapture()) {
            new DescriptorLimit(1024).bound(Settings.defaults());
            assertThat(log.lines()).isEmpty();
        }
    }
}
