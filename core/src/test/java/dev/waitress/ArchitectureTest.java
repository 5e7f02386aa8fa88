package dev.waitress;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.waitress.platform.Platform;
import dev.waitress.platform.Processes;
import java.io.File;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;

/** Holds the direction of imports: each package depends only on those to its left in the design. */
@AnalyzeClasses(packages = "dev.waitress", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Set<String> TIMES_OF_DAY =
            Set.of("java.lang.System.currentTimeMillis()", "java.time.Instant.now()");

    @ArchTest
    static final ArchRule PACKAGES_DEPEND_ON_THOSE_BEFORE_THEM = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("platform")
            .definedBy("dev.waitress.platform")
            .layer("settings")
            .definedBy("dev.waitress.settings")
            .layer("buffer")
            .definedBy("dev.waitress.buffer")
            .layer("http")
            .definedBy("dev.waitress.http")
            .layer("http1")
            .definedBy("dev.waitress.http1")
            .layer("http2")
            .definedBy("dev.waitress.http2")
            .layer("proxy")
            .definedBy("dev.waitress.proxy")
            .layer("trace")
            .definedBy("dev.waitress.trace")
            .layer("exchange")
            .definedBy("dev.waitress.exchange")
            .layer("loop")
            .definedBy("dev.waitress.loop")
            .layer("tls")
            .definedBy("dev.waitress.tls")
            .layer("net")
            .definedBy("dev.waitress.net")
            .layer("wsgi")
            .definedBy("dev.waitress.wsgi")
            .layer("meter")
            .definedBy("dev.waitress.meter")
            .layer("task")
            .definedBy("dev.waitress.task")
            .layer("connection")
            .definedBy("dev.waitress.connection")
            .layer("relay")
            .definedBy("dev.waitress.relay")
            .layer("log")
            .definedBy("dev.waitress.log")
            .layer("health")
            .definedBy("dev.waitress.health")
            .layer("redirect")
            .definedBy("dev.waitress.redirect")
            .layer("control")
            .definedBy("dev.waitress.control")
            .layer("metrics")
            .definedBy("dev.waitress.metrics")
            .layer("otlp")
            .definedBy("dev.waitress.otlp")
            .layer("root")
            .definedBy("dev.waitress")
            .whereLayer("platform")
            .mayNotAccessAnyLayer()
            .whereLayer("settings")
            .mayOnlyAccessLayers("platform")
            .whereLayer("buffer")
            .mayOnlyAccessLayers("platform")
            .whereLayer("wsgi")
            .mayNotAccessAnyLayer()
            .whereLayer("meter")
            .mayOnlyAccessLayers("wsgi")
            .whereLayer("http")
            .mayOnlyAccessLayers("settings", "buffer")
            .whereLayer("http1")
            .mayOnlyAccessLayers("http")
            .whereLayer("http2")
            .mayOnlyAccessLayers("http")
            .whereLayer("proxy")
            .mayOnlyAccessLayers("settings", "http")
            .whereLayer("trace")
            .mayOnlyAccessLayers("settings", "http")
            .whereLayer("exchange")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "meter", "trace")
            .whereLayer("loop")
            .mayOnlyAccessLayers("buffer", "http")
            .whereLayer("net")
            .mayOnlyAccessLayers("platform", "settings", "buffer", "exchange", "loop")
            .whereLayer("tls")
            .mayOnlyAccessLayers("settings")
            .whereLayer("task")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "exchange", "loop", "wsgi", "meter")
            .whereLayer("connection")
            .mayOnlyAccessLayers(
                    "settings", "buffer", "http", "http1", "proxy", "exchange", "loop", "net", "tls", "http2")
            .whereLayer("relay")
            .mayOnlyAccessLayers("buffer", "http", "exchange", "loop")
            .whereLayer("health")
            .mayOnlyAccessLayers("settings", "buffer", "http", "exchange")
            .whereLayer("redirect")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "exchange")
            .whereLayer("control")
            .mayOnlyAccessLayers("platform", "buffer", "http", "exchange")
            .whereLayer("metrics")
            .mayOnlyAccessLayers("platform", "buffer", "http", "exchange", "loop", "control", "meter", "otlp")
            .whereLayer("log")
            .mayOnlyAccessLayers("settings", "http", "proxy", "exchange", "trace")
            .whereLayer("otlp")
            .mayOnlyAccessLayers("settings", "buffer", "http", "proxy", "exchange", "loop", "log", "trace");

    @ArchTest
    static final ArchRule ONLY_PLATFORM_ASKS_WHICH_SYSTEM_IT_IS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Platform.class.getName())
            .should()
            .accessField(File.class, "separatorChar")
            .orShould()
            .accessField(File.class, "separator");

    @ArchTest
    static final ArchRule HTTP_DOES_NO_IO = noClasses()
            .that()
            .resideInAnyPackage("dev.waitress.http", "dev.waitress.http1", "dev.waitress.http2")
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

    /** Whoever waits by it waits for hours, or not at all, when somebody sets the clock. */
    @ArchTest
    static final ArchRule THE_TIME_OF_DAY_IS_ONLY_SHOWN = noClasses()
            .that(DescribedPredicate.not(named("loop.Clock$1")
                    .or(named("log.AccessEntry"))
                    // The deadline that an application is told, and how long a request was on its way to us.
                    .or(named("task.AppTask"))
                    .or(named("task.TaskDispatcher"))))
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "it tells the time of day",
                    access -> TIMES_OF_DAY.contains(access.getTarget().getFullName())));

    /** Where descriptors are scarce, nothing else is safe. */
    @ArchTest
    static final ArchRule ONLY_PROCESSES_STARTS_THEM = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Processes.class.getName())
            .should()
            .callMethod(ProcessBuilder.class, "start");

    @ArchTest
    static final ArchRule SELECTORS_ARE_THE_LOOPS = noClasses()
            .that()
            .resideOutsideOfPackages("dev.waitress.loop", "dev.waitress.net")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Selector.class, SelectionKey.class);

    @ArchTest
    static final ArchRule NOTHING_BUT_THE_JDK = noClasses()
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.waitress..",
                    "java..",
                    "org.jspecify..",
                    // These are in java.base, too.
                    "javax.crypto..",
                    "javax.net.ssl..",
                    "javax.security.auth.x500..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.waitress.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CLASSES_HAVE_NO_CYCLES = slices().assignedFrom(new OutermostClasses())
            .should()
            .beFreeOfCycles()
            // A buffer goes back where it was borrowed, and asks there whether it may grow.
            .ignoreDependency(named("buffer.MemoryRun"), named("buffer.BufferPool"))
            // Who observes a response asks it how it ended.
            .ignoreDependency(named("exchange.ResponseObserver"), named("exchange.Response"))
            // An entry of the access log is composed by its log when its response has ended.
            .ignoreDependency(named("log.AccessEntry"), named("log.AccessLog"))
            // Where nothing is counted, what counts is there all the same.
            .ignoreDependency(named("wsgi.Metrics"), named("wsgi.NoMetrics"))
            // The rules of trust are settings that are told from others.
            .ignoreDependency(named("settings.ProxyTrust"), named("settings.Settings"))
            .ignoreDependency(named("settings.EncryptionRules"), named("settings.Settings"));

    private static DescribedPredicate<JavaClass> named(String name) {
        return DescribedPredicate.describe(
                name, javaClass -> javaClass.getName().equals("dev.waitress." + name));
    }

    /** Each class with all that is nested in it. */
    private static final class OutermostClasses implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            String name = javaClass.getName();
            int nested = name.indexOf('$');
            return SliceIdentifier.of(nested < 0 ? name : name.substring(0, nested));
        }

        @Override
        public String getDescription() {
            return "classes";
        }
    }
}
