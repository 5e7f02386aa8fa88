/** One request and its answer, and the seam to whatever answers: who decides what is sent, and who sees it. */
@NullMarked
package dev.waitress.exchange;

import org.jspecify.annotations.NullMarked;
