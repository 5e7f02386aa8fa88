package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteArraysTest {
    @Test
    void stayAsTheyAreWhereThereIsRoom() {
        byte[] bytes = new byte[4];
        assertThat(ByteArrays.withRoom(bytes, 4)).isSameAs(bytes);
    }

    @Test
    void growToTwiceTheirLengthAtLeast() {
        byte[] grown = ByteArrays.withRoom(new byte[] {1, 2, 3, 4}, 5);
        assertThat(grown).startsWith(1, 2, 3, 4).hasSize(8);
        assertThat(ByteArrays.withRoom(grown, 17)).startsWith(1, 2, 3, 4).hasSize(17);
        assertThat(ByteArrays.withRoom(new byte[0], 1)).hasSize(1);
    }
}
