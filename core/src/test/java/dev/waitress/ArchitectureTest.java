package dev.waitress;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the direction of imports: each package depends only on those to its left in the design. */
@AnalyzeClasses(packages = "dev.waitress", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_THOSE_BEFORE_THEM = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("settings")
            .definedBy("dev.waitress.settings")
            .layer("buffer")
            .definedBy("dev.waitress.buffer")
            .layer("http")
            .definedBy("dev.waitress.http")
            .layer("proxy")
            .definedBy("dev.waitress.proxy")
            .layer("exchange")
            .definedBy("dev.waitress.exchange")
            .layer("loop")
            .definedBy("dev.waitress.loop")
            .layer("net")
            .definedBy("dev.waitress.net")
            .layer("wsgi")
            .definedBy("dev.waitress.wsgi")
            .layer("task")
            .definedBy("dev.waitress.task")
            .layer("connection")
            .definedBy("dev.waitress.connection")
            .layer("log")
            .definedBy("dev.waitress.log")
            .layer("root")
            .definedBy("dev.waitress")
            .whereLayer("settings")
            .mayNotAccessAnyLayer()
            .whereLayer("buffer")
            .mayNotAccessAnyLayer()
            .whereLayer("wsgi")
            .mayNotAccessAnyLayer()
            .whereLayer("http")
            .mayOnlyAccessLayers("settings", "buffer")
            .whereLayer("proxy")
            .mayOnlyAccessLayers("settings", "http")
            .whereLayer("exchange")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy")
            .whereLayer("loop")
            .mayOnlyAccessLayers("buffer", "http")
            .whereLayer("net")
            .mayOnlyAccessLayers("settings", "exchange", "loop")
            .whereLayer("task")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "exchange", "wsgi")
            .whereLayer("connection")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "exchange", "loop", "net")
            .whereLayer("log")
            .mayOnlyAccessLayers("settings", "http", "proxy", "exchange");

    @ArchTest
    static final ArchRule HTTP_DOES_NO_IO = noClasses()
            .that()
            .resideInAPackage("dev.waitress.http")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io", "java.net", "java.nio.channels..", "java.nio.file..", "java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, System.Logger.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule NOTHING_BUT_THE_JDK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.waitress..", "java..", "org.jspecify..");
}
