package dev.waitress.http1;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Skips a fuzz target on machines for which Jazzer has no native code. */
@Target(TYPE)
@Retention(RUNTIME)
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC, OS.WINDOWS},
        architectures = {"amd64", "x86_64", "aarch64"},
        disabledReason = "Jazzer has native code for Linux, macOS and Windows, for x86-64 and ARM64 only")
public @interface FuzzedWhereJazzerRuns {}
