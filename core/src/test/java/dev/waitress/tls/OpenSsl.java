package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command openssl, which makes keys and certificates in a folder; tests are skipped where it is missing. */
public final class OpenSsl {
    private final Path folder;

    /** Works in this folder. */
    public OpenSsl(Path folder) {
        this.folder = folder;
        assumeTrue(isThere(), "there is no command openssl");
    }

    private static boolean isThere() {
        for (String each : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(each, "openssl"))) {
                return true;
            }
        }
        return false;
    }

    /** Runs it; arguments are separated by spaces. */
    public OpenSsl run(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ", -1)));
        Path log = folder.resolve("openssl.log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(arguments + "\n" + Files.readString(log))
                .isZero();
        return this;
    }

    /** A certificate that signs itself, for a key that is there. */
    public OpenSsl certify(String key, String certificate, String names) throws IOException, InterruptedException {
        return run("req -x509 -new -key " + key + " -out " + certificate + " -days 30 -subj /CN=test -addext"
                + " subjectAltName=" + names);
    }

    /** Where a file of the folder lies. */
    public String path(String name) {
        return folder.resolve(name).toString();
    }

    /** What a file of the folder holds. */
    public String text(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    /** Writes a file into the folder. */
    public void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
