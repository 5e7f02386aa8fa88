package dev.waitress.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Heads;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables follow W3C's Trace Context, Recommendation of 23 November 2021. */
class TracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String PARENT = TRACE + "-" + SPAN;
    private static final String GOOD = "traceparent: 00-" + PARENT + "-01";

    private static Traces traces(String... settings) {
        Settings given = Settings.defaults().withText("trace", "true");
        for (int i = 0; i < settings.length; i += 2) {
            given = given.withText(settings[i], settings[i + 1]);
        }
        Traces traces = Traces.of(given);
        assertThat(traces).isNotNull();
        return traces;
    }

    private static TraceContext next(Traces traces, boolean isBelieved, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        return traces.next(Heads.parse("GET / HTTP/1.1\r\nHost: a\r\n" + more + "\r\n"), isBelieved);
    }

    private static TraceContext read(String... fields) {
        return next(traces(), true, fields);
    }

    private static String parent(TraceContext context) {
        return Ascii.text(context.traceParent());
    }

    private static String id(TraceContext context) {
        return Ascii.text(context.traceId());
    }

    @Test
    void areThereOnlyWhereTheSettingsWantThem() {
        assertThat(Traces.of(Settings.defaults())).isNull();
    }

    @Nested
    class OfCallers {
        @ParameterizedTest
        @CsvSource({
            "00-" + PARENT + "-01, 01",
            "00-" + PARENT + "-00, 00",
            // Flags that version 00 does not know are not passed on. §3.2.2.5.2
            "00-" + PARENT + "-ff, 01",
            "00-" + PARENT + "-fe, 00",
            "00-" + PARENT + "-03, 01",
            "00-" + PARENT + "-0b, 01",
            "00-" + PARENT + "-0a, 00",
            // Later versions are read as far as they are known, and answered in the one that we know. §4.2
            "01-" + PARENT + "-01, 01",
            "cc-" + PARENT + "-00, 00",
            "fe-" + PARENT + "-01, 01",
            "cc-" + PARENT + "-01-what-the-future-will-be-like, 01",
            "cc-" + PARENT + "-01-, 01",
        })
        void areGoneOnWith(String value, String flags) {
            assertThat(parent(read("traceparent: " + value))).isEqualTo("00-" + PARENT + "-" + flags);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "00",
                    "00-" + PARENT,
                    "00-" + PARENT + "-",
                    "00-" + PARENT + "-1",
                    "00-" + PARENT + "-001",
                    "00-" + PARENT + "-.0",
                    "00-" + PARENT + "-0.",
                    "00-" + PARENT + "-0A",
                    "00-" + PARENT + "-01.",
                    "00-" + PARENT + "-01-",
                    "00-" + PARENT + "-01-what-the-future-will-be-like",
                    "cc-" + PARENT + "-01.what-the-future-will-be-like",
                    "cc-" + PARENT + "-010",
                    "ff-" + PARENT + "-01",
                    "ff-" + PARENT + "-01-x",
                    "0-" + PARENT + "-01",
                    "000-" + PARENT + "-01",
                    "0000-" + PARENT + "-01",
                    ".0-" + PARENT + "-01",
                    "0.-" + PARENT + "-01",
                    "CC-" + PARENT + "-01",
                    "00-00000000000000000000000000000000-" + SPAN + "-01",
                    "00-" + TRACE + "-0000000000000000-01",
                    "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                    "00-" + TRACE + "-00F067AA0BA902B7-01",
                    "00-.bf92f3577b34da6a3ce929d0e0e4736-" + SPAN + "-01",
                    "00-4bf92f3577b34da6a3ce929d0e0e473g-" + SPAN + "-01",
                    "00-" + TRACE + "-00f067aa0ba902b.-01",
                    "00-" + TRACE + "0-" + SPAN + "-01",
                    "00-4bf92f3577b34da6a3ce929d0e0e473-" + SPAN + "-01",
                    "00-" + TRACE + "-" + SPAN + "0-01",
                    "00-" + TRACE + "-00f067aa0ba902b-01",
                    "00_" + TRACE + "-" + SPAN + "-01",
                    "00-" + TRACE + "_" + SPAN + "-01",
                    "00-" + TRACE + "-" + SPAN + "_01",
                    "00-" + PARENT + "-01,00-" + PARENT + "-01",
                })
        void areNotWhatIsMalformed(String value) {
            TraceContext begun = read("traceparent: " + value, "tracestate: foo=1");
            assertThat(id(begun)).isNotEqualTo(TRACE).matches("[0-9a-f]{32}");
            assertThat(begun.callerId()).isEmpty();
            assertThat(begun.traceState())
                    .as("is of the trace that was not read")
                    .isEmpty();
        }

        @Test
        void areNotTwo() {
            assertThat(id(read(GOOD, GOOD))).isNotEqualTo(TRACE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"TraceParent", "TRACEPARENT", "tRACEPARENT"})
        void areFoundWhateverTheCaseOfTheName(String name) {
            assertThat(id(read(name + ": \t 00-" + PARENT + "-01 \t"))).isEqualTo(TRACE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"trace-parent", "trace.parent", "trace_parent"})
        void haveNoOtherName(String name) {
            assertThat(id(read(name + ": 00-" + PARENT + "-01"))).isNotEqualTo(TRACE);
        }

        @Test
        void countOnlyWhereTheyAreBelieved() {
            TraceContext begun = next(traces(), false, GOOD, "tracestate: foo=1");
            assertThat(id(begun)).isNotEqualTo(TRACE);
            assertThat(begun.traceState()).isEmpty();
        }

        @Test
        void haveASpanOfOursOnlyWhereThatIsExported() {
            assertThat(parent(read(GOOD))).isEqualTo("00-" + PARENT + "-01");
            TraceContext exported = next(traces("otlp_endpoint", "http://127.0.0.1:1"), true, GOOD);
            assertThat(id(exported)).isEqualTo(TRACE);
            assertThat(Ascii.text(exported.callerId())).isEqualTo(SPAN);
            assertThat(Ascii.text(exported.spanId())).isNotEqualTo(SPAN).matches("[0-9a-f]{16}");
        }

        @ParameterizedTest
        @CsvSource({"00, false, 1", "01, true, 0"})
        void decideWhetherTheyAreSampled(String flags, boolean isSampled, String ratio) {
            TraceContext context = next(traces("trace_sample", ratio), true, "traceparent: 00-" + PARENT + "-" + flags);
            assertThat(context.isSampled()).isEqualTo(isSampled);
        }
    }

    @Nested
    class States {
        private static final String LONGEST_TENANT = "t".repeat(241) + "@" + "v".repeat(14);

        static Stream<String> arePassedOn() {
            return Stream.of(
                    "foo=1",
                    "foo=1,bar=2",
                    "a0_-*/=1",
                    "fw529a3039@dt=FfffffeC",
                    "0t_-*/@v0_-*/=1",
                    "foo= !\"#$%&'()*+-./0123456789:;<>?@AZ[\\]^_`az{|}~",
                    "k".repeat(256) + "=1",
                    LONGEST_TENANT + "=1",
                    "foo=" + "v".repeat(256),
                    members(32));
        }

        private static String members(int count) {
            return String.join(
                    ",",
                    IntStream.range(0, count).mapToObj(i -> "m" + i + "=" + i).toList());
        }

        @ParameterizedTest
        @MethodSource
        void arePassedOn(String state) {
            assertThat(state(state)).isEqualTo(state);
        }

        private static String state(String... values) {
            Stream<String> fields = Stream.of(values).map(value -> "tracestate: " + value);
            TraceContext context = read(Stream.concat(Stream.of(GOOD), fields).toArray(String[]::new));
            assertThat(id(context)).as("goes on in any case").isEqualTo(TRACE);
            return Ascii.text(context.traceState());
        }

        static Stream<String> areDroppedWhole() {
            return Stream.of(
                    "foo",
                    "=1",
                    "foo=",
                    "foo=,bar=3",
                    "foo =1",
                    "FOO=1",
                    "fo.o=1",
                    "0foo=1",
                    "_foo=1",
                    "foo@=1,bar=2",
                    "@foo=1,bar=2",
                    "foo@@bar=1,bar=2",
                    "foo@bar@baz=1,bar=2",
                    "foo@0bar=1",
                    "foo=bar=baz",
                    "foo=a\tb",
                    "foo=\u00e4",
                    "bar=2,foo",
                    "k".repeat(257) + "=1",
                    "t".repeat(242) + "@v=1",
                    "t@" + "v".repeat(15) + "=1",
                    "foo=" + "v".repeat(257),
                    members(33));
        }

        @ParameterizedTest
        @MethodSource
        void areDroppedWhole(String state) {
            assertThat(state(state)).isEmpty();
        }

        @Test
        void areOneListInTheirOrder() {
            assertThat(state("foo=1 \t , \t bar=2, \t baz=3 ", "", "rojo=1")).isEqualTo("foo=1,bar=2,baz=3,rojo=1");
            assertThat(state("foo=1,", ",bar=2,,")).isEqualTo("foo=1,bar=2");
        }

        @Test
        void haveEachKeyOnce() {
            assertThat(state("foo=1,bar=2", "foo=3")).isEqualTo("foo=1,bar=2");
        }

        /** Members that say nothing count, as the grammar has it. */
        @Test
        void haveABoundInAllTheirFields() {
            assertThat(state(members(16), members(16).replace('m', 'n'))).hasSizeGreaterThan(32 * 3);
            assertThat(state(members(16), members(17).replace('m', 'n'))).isEmpty();
            assertThat(state(members(31) + ",")).isEqualTo(members(31));
            assertThat(state(members(32) + ",")).isEmpty();
        }

        @Test
        void areNothingWithoutATrace() {
            assertThat(read("tracestate: foo=1").traceState()).isEmpty();
        }
    }

    @Nested
    class OfOurOwn {
        @Test
        void areNewForEachRequest() {
            Traces traces = traces();
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                TraceContext context = next(traces, true);
                assertThat(parent(context)).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
                ids.add(id(context));
                ids.add(Ascii.text(context.spanId()));
            }
            assertThat(ids).hasSize(2000);
        }

        @ParameterizedTest
        @CsvSource({"0, 0, 0", "1, 4000, 4000", "0.25, 800, 1200"})
        void areSampledByTheRatio(String ratio, long least, long most) {
            Traces traces = traces("trace_sample", ratio);
            long sampled = IntStream.range(0, 4000)
                    .filter(i -> next(traces, false).isSampled())
                    .count();
            assertThat(sampled).isBetween(least, most);
        }
    }
}
