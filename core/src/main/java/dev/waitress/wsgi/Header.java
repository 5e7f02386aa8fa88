package dev.waitress.wsgi;

/**
 * One header field of a response.
 *
 * @param name a token, RFC 9110 §5.1; its case is kept
 * @param value characters U+0000–U+00FF without controls, RFC 9110 §5.5
 */
public record Header(String name, String value) {}
