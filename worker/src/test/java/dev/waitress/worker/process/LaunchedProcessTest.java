package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process of Python is started with, and how its end is told. */
class LaunchedProcessTest {
    @ParameterizedTest
    @CsvSource({
        "0, ended with status 0",
        "128, ended with status 128",
        "129, was killed by signal 1",
        "137, was killed by signal 9"
    })
    void isSaidToHaveEnded(int status, String words) {
        assertThat(LaunchedProcess.describe(status)).isEqualTo(words);
    }

    @Nested
    class ItsLocale {
        private final Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C.UTF-8"));

        @Test
        void isOursWhereNobodyChangedIt() {
            LaunchedProcess.restoreLocale(environment, null);
            assertThat(environment).containsOnly(Map.entry("LC_ALL", "C.UTF-8"));
        }

        @Test
        void isWhatItWas() {
            LaunchedProcess.restoreLocale(environment, "de_DE");
            assertThat(environment).containsOnly(Map.entry("LC_ALL", "de_DE"));
        }

        @Test
        void isNotSetWhereItWasNot() {
            LaunchedProcess.restoreLocale(environment, "");
            assertThat(environment).isEmpty();
        }
    }

    /** One of glibc's arenas is enough for a process whose threads take turns. */
    @Nested
    class ItsMemory {
        @Test
        void isOneArena() {
            Map<String, String> environment = new HashMap<>();
            LaunchedProcess.saveMemory(environment);
            assertThat(environment)
                    .containsOnly(Map.entry("MALLOC_ARENA_MAX", "1"), Map.entry("WAITRESS_WORKER_ARENAS", "1"));
        }

        @ParameterizedTest
        @CsvSource({"MALLOC_ARENA_MAX, 4", "GLIBC_TUNABLES, glibc.malloc.arena_max=4"})
        void isAsTheUserSays(String name, String value) {
            Map<String, String> environment = new HashMap<>(Map.of(name, value));
            LaunchedProcess.saveMemory(environment);
            assertThat(environment).containsOnly(Map.entry(name, value));
        }
    }
}
