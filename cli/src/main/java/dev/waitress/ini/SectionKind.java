package dev.waitress.ini;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What sections describe, and the words of an ini file for each. */
enum SectionKind {
    APPLICATION(
            "app application, composite composit, pipeline, filter-app",
            "paste.app_factory, paste.composite_factory, paste.composit_factory"),
    FILTER("filter", "paste.filter_factory paste.filter_app_factory"),
    SERVER("server", "paste.server_factory paste.server_runner");

    private final String prefixes;
    private final String protocols;

    SectionKind(String prefixes, String protocols) {
        this.prefixes = prefixes;
        this.protocols = protocols;
    }

    /** Beginnings of section names. Of those in one list the first counts; those of two lists exclude each other. */
    List<List<String>> prefixes() {
        return lists(prefixes);
    }

    /** Keys that name an object of Python, in lists as above. */
    List<List<String>> protocols() {
        return lists(protocols);
    }

    private static List<List<String>> lists(String words) {
        return Stream.of(words.split(", "))
                .map(list -> List.of(list.split(" ")))
                .toList();
    }

    /** For messages: {@code 'app' or 'application' or …}. */
    String prefixText() {
        return prefixes().stream().flatMap(List::stream).map(Quoted::text).collect(Collectors.joining(" or "));
    }
}
