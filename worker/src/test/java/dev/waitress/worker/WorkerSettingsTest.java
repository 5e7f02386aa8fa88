package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.worker.wire.MarshalWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a worker is told before it loads the application. */
class WorkerSettingsTest {
    private static WorkerConfig config(PythonApplication application, Map<String, String> settings) {
        return new WorkerConfig(List.of("python3"), application, Settings.ofText(settings));
    }

    private static String text(WorkerConfig config) {
        MarshalWriter writer = WorkerSettings.write(config, Path.of("/begun-1"), null, true);
        return new String(writer.toByteArray(), StandardCharsets.ISO_8859_1);
    }

    private static String text(String value) {
        return entry(writer -> writer.text(value));
    }

    private static String entry(Consumer<MarshalWriter> value) {
        MarshalWriter writer = new MarshalWriter(16);
        value.accept(writer);
        return new String(writer.toByteArray(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void nameTheApplication() {
        PythonApplication application = PythonApplication.named("shop:app", true);
        assertThat(text(config(application, Map.of())))
                .contains(text("application") + text("shop:app"))
                .contains(text("factory") + entry(writer -> writer.bool(true)))
                .contains(text("ini") + text(""));
        assertThat(application.title()).isEqualTo("shop:app");
    }

    @Test
    void sayWhereAProgramFindsItsModules() {
        assertThat(text(config(PythonApplication.named("shop:app", List.of("/shop")), Map.of())))
                .contains(text("path")
                        + entry(writer -> {
                            writer.list(1);
                            writer.text("/shop");
                        }));
    }

    @Test
    void nameTheIniFile() {
        PythonApplication application = PythonApplication.inFile("/shop.ini", "main", Map.of("port", "80"));
        assertThat(text(config(application, Map.of())))
                .contains(text("application") + text("main"))
                .contains(text("ini") + text("/shop.ini"))
                .contains(text("port") + text("80"));
        assertThat(application.title()).isEqualTo("/shop.ini#main");
    }

    @Test
    void sayHowItRuns() {
        Map<String, String> settings = Map.of("threads", "7", "workers", "3", "reload", "true");
        assertThat(text(config(PythonApplication.named("shop:app", false), settings)))
                .contains(text("threads") + entry(writer -> writer.integer(7)))
                .contains(text("workers") + entry(writer -> writer.integer(3)))
                .contains(text("reload") + entry(writer -> writer.bool(true)))
                .contains(text("wsgi.multiprocess") + entry(writer -> writer.bool(true)))
                .contains(text("board") + text("/begun-1"))
                .contains(text("bodies") + text(""))
                .contains(text("by_descriptor") + entry(writer -> writer.bool(true)));
    }

    @Test
    void watchTheIniFileBesideWhatIsNamed() {
        WorkerConfig config =
                config(PythonApplication.inFile("/shop.ini", "main", Map.of()), Map.of("reload_extra", "templates"));
        assertThat(config.watched()).containsExactly("templates", "/shop.ini");
    }
}
