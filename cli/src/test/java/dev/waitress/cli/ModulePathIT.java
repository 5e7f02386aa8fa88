package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command is one jar on the class path, where nothing heeds what modules require and export. */
@Timeout(60)
class ModulePathIT {
    private static final String MODULE = "module shop { requires dev.waitress; }";

    /** All that a program needs is in packages that the module exports to everybody. */
    private static final String PROGRAM = """
            package shop;

            import dev.waitress.Waitress;
            import dev.waitress.settings.Setting;
            import dev.waitress.settings.Settings;
            import dev.waitress.wsgi.Application;
            import dev.waitress.wsgi.Header;
            import java.util.List;

            public class Program {
                public static void main(String[] arguments) throws Exception {
                    Application application = (environ, startResponse) -> {
                        startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
                        return List.of(Program.class.getModule().getName().getBytes());
                    };
                    Waitress.serve(application, Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0")));
                }
            }
            """;

    @Test
    void servesPythonAsThreeModules() throws Exception {
        try (Command server = Command.serveAsModules()) {
            assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void servesAProgramThatRequiresItsModule(@TempDir Path folder) throws Exception {
        Path core = Path.of(System.getProperty("waitress.root"), "core", "target", "classes");
        compile(folder, core);
        try (Command server = Command.serveModules("shop/shop.Program", List.of(folder, core))) {
            assertThat(Client.get(server.port(), "/").body()).isEqualTo("shop");
            assertThat(server.stop()).isZero();
        }
    }

    private static void compile(Path folder, Path modules) throws IOException {
        Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
        Path program = Files.writeString(folder.resolve("Program.java"), PROGRAM);
        StringWriter complaints = new StringWriter();
        String[] arguments = {
            "--module-path", modules.toString(), "-d", folder.toString(), module.toString(), program.toString()
        };
        ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
        int status = compiler.run(new PrintWriter(complaints), new PrintWriter(complaints), arguments);
        assertThat(status).as(complaints::toString).isZero();
    }
}
