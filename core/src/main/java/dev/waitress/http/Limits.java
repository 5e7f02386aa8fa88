package dev.waitress.http;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;

/**
 * Bounds on one request, in bytes but for {@code maxFields}. The sizes of head and body are refused when they reach
 * their limit, as in Waitress; the others when they exceed it.
 *
 * @param maxLineBytes request line without its line end; key {@code max_request_line_size}
 * @param maxHeadBytes request line and header fields with their line ends; key {@code max_request_header_size}
 * @param maxFields header lines; key {@code max_request_headers}
 * @param maxChunkLineBytes size of a chunk and its extensions, without the line end; key {@code max_chunk_line_size}
 * @param maxTrailerBytes trailer fields with their line ends; key {@code max_request_trailer_size}
 * @param maxBodyBytes decoded body; key {@code max_request_body_size}
 */
public record Limits(
        int maxLineBytes,
        int maxHeadBytes,
        int maxFields,
        int maxChunkLineBytes,
        int maxTrailerBytes,
        long maxBodyBytes) {
    public static Limits of(Settings settings) {
        return new Limits(
                settings.getInt(Setting.MAX_REQUEST_LINE_SIZE),
                settings.getInt(Setting.MAX_REQUEST_HEADER_SIZE),
                settings.getInt(Setting.MAX_REQUEST_HEADERS),
                settings.getInt(Setting.MAX_CHUNK_LINE_SIZE),
                settings.getInt(Setting.MAX_REQUEST_TRAILER_SIZE),
                settings.get(Setting.MAX_REQUEST_BODY_SIZE));
    }
}
