/**
 * What encryption needs: certificates and keys from their files, which of them a client gets, and whom to believe. It
 * knows engines, not sockets.
 */
@NullMarked
package dev.waitress.tls;

import org.jspecify.annotations.NullMarked;
