package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/http.md says what the server answers. */
class RuleTest {
    private static final Pattern ROW = Pattern.compile("^\\| (\\d{3}) \\| `", Pattern.MULTILINE);

    private static String page() throws IOException {
        return Files.readString(Path.of(System.getProperty("waitress.root"), "docs", "http.md"));
    }

    @ParameterizedTest
    @EnumSource
    void isOnThePage(Rule rule) throws IOException {
        assertThat(page()).contains("\n| " + rule.status().code() + " | `" + rule.text("\u2026") + "` |");
    }

    @Test
    void hasTheStatusesThatTheServerSends() throws IOException {
        Set<Integer> listed = ROW.matcher(page())
                .results()
                .map(row -> Integer.valueOf(row.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed)
                .containsExactlyElementsOf(
                        Arrays.stream(Status.values()).map(Status::code).toList());
    }
}
