package dev.waitress;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Those by which a server tells of itself to the end. */
record SideListeners(List<SideListener> all) {
    /** Of a server that has none. */
    static final SideListeners NONE = new SideListeners(List.of());

    /** Those that there are. */
    static SideListeners of(@Nullable SideListener... all) {
        return new SideListeners(Stream.of(all).filter(Objects::nonNull).toList());
    }

    /** They answer nobody any more. */
    void close() {
        all.forEach(SideListener::close);
    }
}
