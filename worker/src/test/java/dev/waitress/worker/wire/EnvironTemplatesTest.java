package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.http.Limits;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.platform.Shortcuts;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnvironTemplatesTest {
    private static final Peer PEER = new Peer("10.0.0.1", "5555", new ServerEnd("http", "8080"));

    private final List<String> made = new ArrayList<>();
    private final EnvironTemplates templates = templates(Shortcuts.USUAL);

    private EnvironTemplates templates(Shortcuts shortcuts) {
        return new EnvironTemplates(
                request -> {
                    made.add(request.head().value("x-name"));
                    return new byte[] {1};
                },
                shortcuts);
    }

    private static Request request(String name) {
        Http1Parser parser = new Http1Parser(Limits.of(Settings.defaults()));
        String text = "GET / HTTP/1.1\r\nHost: a\r\nX-Name: " + name + "\r\n\r\n";
        ParseStep step = parser.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        return new Request(((ParseStep.Head) step).head(), BodyBuffer.EMPTY, PEER, Forwarding.NONE);
    }

    private @Nullable EnvironTemplate find(String name) {
        templates.find(request(name));
        return templates.find(request(name));
    }

    private EnvironTemplate found(String name) {
        return Objects.requireNonNull(find(name));
    }

    @Test
    void areMadeAtOnceOrNeverWhereATestWantsItSo() {
        EnvironTemplates always = templates(Shortcuts.ALWAYS);
        assertThat(always.find(request("a"))).isNotNull().isSameAs(always.find(request("a")));
        EnvironTemplates never = templates(Shortcuts.NEVER);
        for (int i = 0; i < 3; i++) {
            assertThat(never.find(request("a"))).isNull();
        }
        assertThat(made).containsExactly("a");
    }

    @Test
    void areMadeForWhatIsAskedForAgain() {
        assertThat(templates.find(request("a"))).isNull();
        assertThat(templates.find(request("b"))).isNull();
        EnvironTemplate one = Objects.requireNonNull(templates.find(request("a")));
        assertThat(templates.find(request("a"))).isSameAs(one);
        EnvironTemplate other = Objects.requireNonNull(templates.find(request("b")));
        assertThat(other).isNotSameAs(one);
        assertThat(one.number()).isPositive().isNotEqualTo(other.number());
        assertThat(made).containsExactly("a", "b");
    }

    @Test
    void areNotMadeForLargeHeads() {
        int rest = "GET1".length() + "10.0.0.1\n8080\nhttp\n".length() + "Host: a\r\nX-Name: ".length();
        int most = EnvironTemplates.MOST_KEY_BYTES - rest;
        assertThat(found("x".repeat(most - 1))).isNotNull();
        assertThat(found("x".repeat(most))).isNotNull();
        assertThat(find("x".repeat(most + 1))).isNull();
    }

    /** There are as many numbers as places; who has one keeps it while it is used. */
    @Test
    void giveTheirNumbersToOthersWhenNobodyUsesThem() {
        EnvironTemplate used = found("used");
        used.acquire();
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < 20 * EnvironTemplates.MOST; i++) {
            EnvironTemplate other = found("other-" + i);
            assertThat(other.number()).isNotEqualTo(used.number());
            numbers.add(other.number());
        }
        assertThat(numbers).allMatch(number -> number >= 1 && number <= EnvironTemplates.MOST);
        assertThat(templates.find(request("used"))).isSameAs(used);
        used.release();
        assertThat(used.isFree()).isTrue();
        Set<Integer> later = new HashSet<>();
        for (int i = 0; i < 20 * EnvironTemplates.MOST; i++) {
            later.add(found("later-" + i).number());
        }
        assertThat(later).contains(used.number());
        assertThat(found("used")).isNotSameAs(used);
    }

    @Test
    void areNotMadeWhereAllPlacesAreInUse() {
        List<EnvironTemplate> all = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 20 * EnvironTemplates.MOST; i++) {
            EnvironTemplate template = find("name-" + i);
            if (template == null) {
                refused++;
            } else {
                template.acquire();
                all.add(template);
            }
        }
        assertThat(all).hasSizeLessThanOrEqualTo(EnvironTemplates.MOST).doesNotHaveDuplicates();
        assertThat(all.stream().map(EnvironTemplate::number)).doesNotHaveDuplicates();
        assertThat(refused).isPositive();
    }

    /** Who was asked for lately stays. */
    @Test
    void replaceThoseThatWereNotAskedForLately() {
        EnvironTemplate popular = found("popular");
        for (int i = 0; i < 4 * EnvironTemplates.MOST; i++) {
            found("other-" + i);
            templates.find(request("popular"));
        }
        assertThat(templates.find(request("popular"))).isSameAs(popular);
    }
}
