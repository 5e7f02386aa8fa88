package dev.waitress.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.waitress.platform.Processes;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerListener;
import java.nio.file.Files;
import java.util.Set;

/** Holds the direction of imports in this module. */
@AnalyzeClasses(packages = "dev.waitress.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final Set<String> TIMES_OF_DAY =
            Set.of("java.lang.System.currentTimeMillis()", "java.time.Instant.now()");

    @ArchTest
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
            slices().matching("dev.waitress.(**)").should().beFreeOfCycles();

    /** A class and those declared in it are one. */
    @ArchTest
    static final ArchRule CLASSES_ARE_FREE_OF_CYCLES = slices().assignedFrom(new OutermostClasses())
            .should()
            .beFreeOfCycles()
            // Who is told of a worker is told of which.
            .ignoreDependency(WorkerListener.class, Worker.class);

    @ArchTest
    static final ArchRule WIRE_ONLY_READS_AND_WRITES_BYTES = noClasses()
            .that()
            .resideInAPackage("dev.waitress.worker.wire")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent..", "dev.waitress.loop..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, System.Logger.class, Files.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    /** Where descriptors are scarce, nothing else is safe. */
    @ArchTest
    static final ArchRule ONLY_PROCESSES_STARTS_THEM = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Processes.class.getName())
            .should()
            .callMethod(ProcessBuilder.class, "start");

    /** The pool is tested without sockets and processes, and so must not make them. */
    @ArchTest
    static final ArchRule POOL_KNOWS_NO_SOCKETS_AND_NO_PROCESSES = noClasses()
            .that()
            .resideInAPackage("dev.waitress.worker.pool")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "dev.waitress.worker.process..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, Process.class, ProcessBuilder.class);

    /** Whoever waits by it waits for hours, or not at all, when somebody sets the clock. */
    @ArchTest
    static final ArchRule NOBODY_WAITS_BY_THE_TIME_OF_DAY = noClasses()
            .that()
            // What files say of their age, and proxies of a request's.
            .haveNameNotMatching(".*\\.(WatchedFiles|WorkerConfig)")
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "it tells the time of day",
                    access -> TIMES_OF_DAY.contains(access.getTarget().getFullName())));

    private static final class OutermostClasses implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            JavaClass outermost = each;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return SliceIdentifier.of(outermost.getName());
        }

        @Override
        public String getDescription() {
            return "outermost classes";
        }
    }
}
