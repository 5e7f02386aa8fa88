package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command is one jar on the class path, where nothing heeds what modules require and export. */
@Timeout(60)
class ModulePathIT {
    @Test
    void servesPythonAsThreeModules() throws Exception {
        try (Command server = Command.serveAsModules()) {
            assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }
}
