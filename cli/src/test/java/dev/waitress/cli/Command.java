package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waitress.testkit.Client;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The real command as a process: its log, its port, and what is left when it has ended. */
final class Command implements AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("Serving on http://127\\.0\\.0\\.1:(\\d+)");
    private static final int SECONDS = 30;
    private static final String MAIN = "dev.waitress.cli.Main";

    private final Process process;
    private final List<String> log = new ArrayList<>(); // guarded by itself
    private final Thread reader;
    private final Path temporary;

    private Command(Process process, Path temporary) {
        this.process = process;
        this.temporary = temporary;
        this.reader = new Thread(this::read, "log of the command");
        reader.start();
    }

    /** Starts the command in the folder of the test applications, with a temporary directory of its own. */
    static Command start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    static Command start(Map<String, String> environment, String... arguments) throws IOException {
        return start(List.of(), environment, arguments);
    }

    /** Becomes the command after these shell commands, for example {@code ulimit}. */
    static Command startAfter(String shell, String... arguments) throws IOException {
        return start(List.of("bash", "-c", shell + "; exec \"$@\"", "bash"), Map.of(), arguments);
    }

    private static Command start(List<String> prefix, Map<String, String> environment, String... arguments)
            throws IOException {
        String classPath =
                System.getProperty("waitress.jar") + File.pathSeparator + environment.getOrDefault("CLASSPATH", "");
        return start(prefix, List.of("-cp", classPath, MAIN), environment, arguments);
    }

    private static Command start(
            List<String> prefix, List<String> program, Map<String, String> environment, String... arguments)
            throws IOException {
        Path temporary = Files.createTempDirectory("waitress-it-");
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("src", "test", "python").toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return new Command(builder.start(), temporary);
    }

    /** Serves the test applications on a free port. */
    static Command serve(String... options) throws IOException, InterruptedException {
        return serveNamed("stages:app", options);
    }

    static Command serveNamed(String application, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add("--listen=127.0.0.1:0");
        arguments.add(application);
        Command command = start(arguments.toArray(String[]::new));
        command.port();
        return command;
    }

    /** Serves the test applications, with core, worker and cli as the modules that they say they are. */
    static Command serveAsModules() throws IOException, InterruptedException {
        List<Path> modules = Stream.of("core", "worker", "cli")
                .map(module -> Path.of(System.getProperty("waitress.root"), module, "target", "classes"))
                .toList();
        return serveModules("dev.waitress.cli/" + MAIN, modules, "--listen=127.0.0.1:0", "stages:app");
    }

    /** Runs a program, MODULE/CLASS, that serves on a free port, with these on the module path alone. */
    static Command serveModules(String program, List<Path> modules, String... arguments)
            throws IOException, InterruptedException {
        String path = modules.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        Command command = start(List.of(), List.of("--module-path", path, "--module", program), Map.of(), arguments);
        command.port();
        return command;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    log.notifyAll();
                }
            }
        } catch (IOException e) {
            // the process has ended
        }
        synchronized (log) {
            log.notifyAll();
        }
    }

    String log() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    /** Waits for a line of the log. */
    Matcher awaitLog(Pattern pattern) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        synchronized (log) {
            while (true) {
                for (String line : log) {
                    Matcher matcher = pattern.matcher(line);
                    if (matcher.find()) {
                        return matcher;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                assertThat(left > 0 && (process.isAlive() || reader.isAlive()))
                        .as(log())
                        .isTrue();
                log.wait(Math.min(left, 200));
            }
        }
    }

    int port() throws InterruptedException {
        return Integer.parseInt(awaitLog(SERVING).group(1));
    }

    Client connect() throws IOException, InterruptedException {
        return new Client(port());
    }

    long pid() {
        return process.pid();
    }

    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    void signal(String name) throws IOException, InterruptedException {
        kill(name, pid());
    }

    /**
     * Skips a test that sends a signal which this process, and so the command, ignores: nohup and a shell's & see to
     * that.
     */
    static void assumeHeard(int number) throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeThat(status).as("the system tells which signals are ignored").isReadable();
        Matcher ignored = Pattern.compile("SigIgn:\\s*(\\p{XDigit}+)").matcher(Files.readString(status));
        assertThat(ignored.find()).isTrue();
        assumeThat(Long.parseUnsignedLong(ignored.group(1), 16) >> (number - 1) & 1)
                .as("signal %d is not ignored", number)
                .isZero();
    }

    static void kill(String signal, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(pid))
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Waits for the end; nothing may be left of it: no process, no file. */
    int await() throws InterruptedException, IOException {
        List<ProcessHandle> workers = process.children().toList();
        List<ProcessHandle> others = descendants();
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as(log()).isTrue();
        reader.join();
        for (ProcessHandle worker : workers) {
            assertThat(worker.isAlive()).as("worker %d", worker.pid()).isFalse();
        }
        // A python3 that is a script has processes of its own, until it becomes Python; the server cannot know them.
        for (ProcessHandle other : others) {
            assertThat(other.onExit()).as("process %d", other.pid()).succeedsWithin(SECONDS, TimeUnit.SECONDS);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.map(Path::getFileName).map(Path::toString).filter(name -> !name.startsWith("hsperfdata")))
                    .isEmpty();
        }
        return process.exitValue();
    }

    /** Ends it as an operator would. */
    int stop() throws IOException, InterruptedException {
        signal("TERM");
        return await();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
        removeTemporary();
    }

    /** Each server that starts looks at all such folders. One that a process still has stays. */
    private void removeTemporary() {
        try (Stream<Path> all = Files.walk(temporary)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | UncheckedIOException e) {
            assertThat(temporary).isDirectory();
        }
    }
}
