package dev.waitress.worker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waitress.buffer.SharedMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodySlotsTest {
    private BodySlots slots;

    @BeforeEach
    void create() {
        BodySlots created = BodySlots.create();
        assumeThat(created).as("a system with files in memory").isNotNull();
        slots = Objects.requireNonNull(created);
    }

    @AfterEach
    void close() throws IOException {
        slots.close();
    }

    private SharedMemory.Slot take(long bytes) {
        return Objects.requireNonNull(slots.take(bytes));
    }

    @Test
    void holdABodyWhereAWorkerFindsIt() throws IOException {
        SharedMemory.Slot slot = take(BodySlots.SLOT_BYTES);
        byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
        slot.bytes().put(0, body);
        byte[] file = Files.readAllBytes(slots.path());
        int start = slot.number() * BodySlots.SLOT_BYTES;
        assertThat(Arrays.copyOfRange(file, start, start + body.length)).isEqualTo(body);
    }

    /** Each has its place, which is written before its first use. */
    @Test
    void leaveEachOtherAlone() throws IOException {
        byte[] bodies = new byte[3 * BodySlots.SLOT_BYTES];
        new Random(1).nextBytes(bodies);
        SharedMemory.Slot first = take(BodySlots.SLOT_BYTES);
        SharedMemory.Slot second = take(BodySlots.SMALLEST_BODY);
        SharedMemory.Slot third = take(BodySlots.SLOT_BYTES);
        first.bytes().put(0, bodies, 0, BodySlots.SLOT_BYTES);
        third.bytes().put(0, bodies, 2 * BodySlots.SLOT_BYTES, BodySlots.SLOT_BYTES);
        second.giveBack();
        assertThat(take(BodySlots.SLOT_BYTES)).isSameAs(second);
        second.bytes().put(0, bodies, BodySlots.SLOT_BYTES, BodySlots.SLOT_BYTES);
        assertThat(Arrays.copyOf(Files.readAllBytes(slots.path()), bodies.length))
                .isEqualTo(bodies);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, BodySlots.SMALLEST_BODY - 1, BodySlots.SLOT_BYTES + 1, Long.MAX_VALUE})
    void holdNoBodyOfAnotherSize(long bytes) {
        assertThat(slots.take(bytes)).isNull();
    }

    /** What was used last is the likeliest to be in a cache. */
    @Test
    void areUsedAgain() {
        SharedMemory.Slot first = take(BodySlots.SMALLEST_BODY);
        SharedMemory.Slot second = take(BodySlots.SMALLEST_BODY);
        assertThat(second.number()).isNotEqualTo(first.number());
        first.giveBack();
        assertThat(take(BodySlots.SLOT_BYTES)).isSameAs(first);
    }

    @Test
    void areNoMoreThanThereAre() {
        List<SharedMemory.Slot> taken = new ArrayList<>();
        SharedMemory.Slot slot;
        while ((slot = slots.take(BodySlots.SMALLEST_BODY)) != null) {
            taken.add(slot);
        }
        assertThat(taken).hasSizeBetween(1, BodySlots.SLOTS).doesNotHaveDuplicates();
        taken.get(0).giveBack();
        assertThat(slots.take(BodySlots.SMALLEST_BODY)).isSameAs(taken.get(0));
    }

    /** A worker that starts now would not find it. */
    @Test
    void areOfNoUseOnceSomebodyHasRemovedTheFile() throws IOException {
        assertThat(slots.isThere()).isTrue();
        Files.delete(slots.path());
        assertThat(slots.isThere()).isFalse();
        assertThat(slots.take(BodySlots.SMALLEST_BODY)).isNull();
    }

    @Test
    void leaveNoFile() throws IOException {
        slots.close();
        assertThat(slots.path()).doesNotExist();
        assertThat(slots.isThere()).isFalse();
    }
}
