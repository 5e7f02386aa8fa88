/** WSGI (PEP 3333) for Java: what an application implements and what it is given. */
@NullMarked
package dev.waitress.wsgi;

import org.jspecify.annotations.NullMarked;
