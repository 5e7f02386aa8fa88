package dev.waitress.http;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;

/**
 * Bounds on one request. The largest accepted size is one byte less than the limit.
 *
 * @param maxHeadBytes request line and header fields with their line ends; key {@code max_request_header_size}
 * @param maxFields header lines; key {@code max_request_headers}
 * @param maxBodyBytes decoded body; key {@code max_request_body_size}
 */
public record Limits(int maxHeadBytes, int maxFields, long maxBodyBytes) {
    public static Limits of(Settings settings) {
        return new Limits(
                settings.getInt(Setting.MAX_REQUEST_HEADER_SIZE),
                settings.getInt(Setting.MAX_REQUEST_HEADERS),
                settings.get(Setting.MAX_REQUEST_BODY_SIZE));
    }
}
