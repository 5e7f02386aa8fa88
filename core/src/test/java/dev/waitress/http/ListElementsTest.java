package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListElementsTest {
    private final ListElements elements = new ListElements();

    private void of(String list) {
        // Not the whole of its array.
        byte[] bytes = Ascii.bytes("z," + list + ",z");
        elements.of(bytes, 2, bytes.length - 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,B", " a , b ", ",a,,\t,b,", "A\t,\tb", ", ,a,b"})
    void areWhatStandsBetweenCommas(String list) {
        of(list);
        assertThat(elements.next()).isTrue();
        assertThat(elements.is("a")).isTrue();
        assertThat(elements.is("b")).isFalse();
        assertThat(elements.next()).isTrue();
        assertThat(elements.is("b")).isTrue();
        assertThat(elements.next()).isFalse();
        assertThat(elements.next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", ", \t,"})
    void mayBeNone(String list) {
        of(list);
        assertThat(elements.next()).isFalse();
    }

    @Test
    void haveWhiteSpaceInside() {
        of("a b");
        assertThat(elements.next()).isTrue();
        assertThat(elements.is("a b")).isTrue();
        assertThat(elements.next()).isFalse();
    }
}
