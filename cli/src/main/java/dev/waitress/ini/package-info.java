/**
 * Ini files in the form of PasteDeploy: what they say of the server, and the Java applications that they describe.
 * {@link dev.waitress.ini.IniFile} is the way in.
 */
@NullMarked
package dev.waitress.ini;

import org.jspecify.annotations.NullMarked;
