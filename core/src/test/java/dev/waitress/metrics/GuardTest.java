package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.RequestHead;
import dev.waitress.testkit.Heads;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardTest {
    private static final Guard LOCAL = new Guard(true, Set.of("shop.local"), "", true);
    private static final Guard OPEN = new Guard(false, Set.of(), "", true);
    private static final Guard WITH_TOKEN = new Guard(false, Set.of(), "s3cret", true);

    private static RequestHead head(String... fields) {
        return Heads.parse("POST /reload HTTP/1.1\r\nHost: localhost:9100\r\n" + String.join("\r\n", fields)
                + (fields.length == 0 ? "\r\n" : "\r\n\r\n"));
    }

    private static RequestHead toHost(String host) {
        return Heads.parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    /** Somebody's name that leads to 127.0.0.1 for a while. */
    @Nested
    class AgainstRebinding {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "localhost",
                    "LocalHost:9100",
                    "127.0.0.1:9100",
                    "127.8.9.10",
                    "[::1]:9100",
                    "[::1]",
                    "waitress.localhost:9100",
                    "Shop.local:9100"
                })
        void admitsNamesOfThisMachine(String host) {
            assertThat(LOCAL.admits(toHost(host))).isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "evil.example",
                    "evil.example:9100",
                    "127.0.0.1.evil.example",
                    "localhost.evil.example",
                    "notlocalhost",
                    "1270.0.0.1",
                    "[::2]:9100",
                    "10.0.0.1"
                })
        void admitsNoOther(String host) {
            assertThat(LOCAL.admits(toHost(host))).isFalse();
            assertThat(OPEN.admits(toHost(host)))
                    .as("an address that others can reach has any name")
                    .isTrue();
        }

        @Test
        void looksAtTheTargetFirst() {
            RequestHead head = Heads.parse("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(LOCAL.admits(head)).isFalse();
        }

        @Test
        void admitsProgramsThatNameNoHost() {
            assertThat(LOCAL.admits(Heads.parse("GET / HTTP/1.0\r\n\r\n"))).isTrue();
        }
    }

    @Nested
    class OfWhatIsNotForAll {
        @Test
        void tellsUsersOfThisMachine() {
            assertThat(LOCAL.tellsAll(head())).isTrue();
            assertThat(LOCAL.asksForToken()).isFalse();
        }

        @Test
        void tellsNobodyElseWithoutAToken() {
            assertThat(OPEN.tellsAll(head())).isFalse();
            assertThat(OPEN.tellsAll(head("Authorization: Bearer "))).isFalse();
            assertThat(OPEN.asksForToken()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"Bearer s3cret", "bearer  s3cret"})
        void tellsWhoKnowsTheToken(String credentials) {
            assertThat(WITH_TOKEN.tellsAll(head("Authorization: " + credentials)))
                    .isTrue();
            assertThat(WITH_TOKEN.asksForToken()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Bearer s3cre",
                    "Bearer s3crett",
                    "Bearer S3CRET",
                    "Bearer",
                    "Bearer ",
                    "s3cret",
                    "Basic s3cret"
                })
        void tellsNobodyWhoDoesNot(String credentials) {
            assertThat(WITH_TOKEN.tellsAll(head("Authorization: " + credentials)))
                    .isFalse();
        }
    }

    @Nested
    class OfOrders {
        private static final String OURS = "X-Waitress-Order: reload";

        @Test
        void takesThoseOfThePage() {
            assertThat(LOCAL.mayOrder(
                            head(OURS, "Origin: http://localhost:9100", "Sec-Fetch-Site: same-origin"), "reload"))
                    .isTrue();
        }

        @Test
        void takesThoseOfPrograms() {
            assertThat(LOCAL.mayOrder(head(OURS), "reload")).isTrue();
            assertThat(WITH_TOKEN.mayOrder(head(OURS, "Authorization: Bearer s3cret"), "reload"))
                    .isTrue();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "X-Other: 1",
                    "X-Waitress-Order: add",
                    OURS + "\r\nOrigin: http://evil.example",
                    OURS + "\r\nOrigin: http://localhost:9101",
                    OURS + "\r\nOrigin: null",
                    OURS + "\r\nSec-Fetch-Site: cross-site",
                    OURS + "\r\nSec-Fetch-Site: same-site"
                })
        void takesNoOthers(String fields) {
            assertThat(LOCAL.mayOrder(head(fields), "reload")).isFalse();
        }

        @Test
        void takesNoneOfWhoMayNotSeeAll() {
            assertThat(WITH_TOKEN.mayOrder(head(OURS), "reload")).isFalse();
            assertThat(OPEN.mayOrder(head(OURS), "reload")).isFalse();
        }
    }
}
