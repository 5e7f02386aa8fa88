package dev.waitress.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.testkit.Heads;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessFilterTest {
    private static boolean passes(AccessFilter filter, String path, int status) {
        return filter.wants(Heads.parse("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")) && filter.wants(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|/|200|true",
                "status>=400|/|400|true",
                "status>=400|/|399|false",
                "status>400|/|400|false",
                "status<=404|/|404|true",
                "status<404|/|404|false",
                "status=404|/|404|true",
                "status=404|/|405|false",
                "status!=404|/|404|false",
                "status>=400,status<500|/|499|true",
                "status>=400 , status<500|/|500|false",
                "path:/a|/a|200|true",
                "path:/a|/ab|200|true",
                "path:/a|/|200|false",
                "path:/a|/b/a|200|false",
                "path:/a|/x?/a|200|false",
                "not path:/-/|/-/live|200|false",
                "not path:/-/|/-|200|true",
                "not path:/-/|/?q=/-/|200|true",
                "not path:/a,not path:/b|/b|200|false",
                "not path:/-/, status>=400|/-/ready|503|false",
                "not path:/-/, status>=400|/|503|true",
                "sample:1|/|200|true",
                "sample:0|/|200|false",
            })
    void letsPassWhatEveryConditionHoldsFor(String text, String path, int status, boolean passes) {
        assertThat(passes(AccessFilter.parse(text), path, status)).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource({"0.01,10", "0.1,100", "0.5,500", "1.0,1000", "0.003,3", ".25,250"})
    void takesOneInSoMany(String share, int count) {
        AccessFilter filter = AccessFilter.parse("sample:" + share);
        assertThat(IntStream.range(0, 1000).filter(i -> passes(filter, "/", 200)))
                .hasSize(count);
    }

    @Test
    void samplesWhatTheOthersLetPass() {
        AccessFilter filter = AccessFilter.parse("sample:0.5,status>=500,not path:/-/");
        assertThat(passes(filter, "/", 500)).isFalse();
        assertThat(passes(filter, "/", 200)).isFalse();
        assertThat(passes(filter, "/-/", 500)).isFalse();
        assertThat(passes(filter, "/", 500)).isTrue();
    }

    @Test
    void knowsNoPathOfARequestWithoutAHead() {
        assertThat(AccessFilter.parse("path:/").wants(null)).isFalse();
        assertThat(AccessFilter.parse("not path:/").wants(null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status>=40",
                "status>=4000",
                "status=>400",
                "status",
                "path:a",
                "path:/\u00e9",
                "path:/a b",
                "not status=200",
                "not sample:0.5",
                "notpath:/",
                "sample:2",
                "sample:-1",
                "sample:1.5",
                "sample:",
                "sample:0.1,sample:0.2",
                "status>=400,",
                ",",
                "method:GET",
            })
    void refusesWhatIsNoCondition(String text) {
        assertThatThrownBy(() -> AccessFilter.parse(text))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("access_log_filter: \"")
                .hasMessageNotContaining("\n");
    }

    /** Where nothing is written, too: else it is found out on the day on which somebody wants a log. */
    @ParameterizedTest
    @CsvSource({"access_log_filter, paht:/", "access_log_format, %k"})
    void isLookedAtWithoutALog(String key, String value) {
        Settings settings = Settings.ofText(Map.of(key, value));
        assertThatThrownBy(() -> AccessLog.open(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(key + ": ");
    }

    @Test
    void namesThePlace() {
        assertThatThrownBy(() -> AccessFilter.parse("status>=400, paht:/"))
                .hasMessageContaining("\"paht:/\" at character 13 is no condition");
    }
}
