package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Settings;
import dev.waitress.worker.fakes.Marshalled;
import dev.waitress.worker.memory.BodySlots;
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

    /** In one whole dictionary: of anything else Python reads nothing. */
    @Test
    void areWholeAndNameWhatWasSet() {
        Map<String, String> settings = Map.ofEntries(
                Map.entry("stream_threads", "9"),
                Map.entry("outbuf_high_watermark", "5000000000"),
                Map.entry("log_level", "warning"),
                Map.entry("log_format", "time"),
                Map.entry("log_config", "/etc/log.json"),
                Map.entry("request_timeout", "11"),
                Map.entry("expose_tracebacks", "true"),
                Map.entry("warmup_path", "/warm"),
                Map.entry("post_fork", "shop:forked"),
                Map.entry("worker_exit", "shop:ends"),
                Map.entry("workers", "1"),
                Map.entry("url_prefix", "/shop"),
                Map.entry("ident", "shop-server"),
                Map.entry("server_name", "shop.example"),
                Map.entry("url_scheme", "https"));
        WorkerConfig config = config(PythonApplication.named("shop:app", false), settings);
        MarshalWriter writer = WorkerSettings.write(config, Path.of("/begun-1"), null, true);
        assertThat(Marshalled.dictionary(writer.toByteArray()))
                .containsEntry("stream_threads", 9)
                .containsEntry("body_slot_bytes", BodySlots.SLOT_BYTES)
                .containsEntry("outbuf_high_watermark", Integer.MAX_VALUE)
                .containsEntry("log_level", "warning")
                .containsEntry("log_format", "time")
                .containsEntry("log_config", "/etc/log.json")
                .containsEntry("request_timeout", 11)
                .containsEntry("expose_tracebacks", true)
                .containsEntry("warmup_path", "/warm")
                .containsEntry("post_fork", "shop:forked")
                .containsEntry("worker_exit", "shop:ends")
                .containsEntry(
                        "environ",
                        Map.of(
                                "SCRIPT_NAME", "/shop",
                                "SERVER_SOFTWARE", "shop-server",
                                "SERVER_NAME", "shop.example",
                                "wsgi.url_scheme", "https",
                                "wsgi.multithread", true,
                                "wsgi.multiprocess", false));
    }

    /** Clients, or those who look at the page of the metrics. */
    @Test
    void exposeTracebacksOnlyWhereSomebodyIsToSeeThem() {
        PythonApplication application = PythonApplication.named("shop:app", false);
        String exposes = text("expose_tracebacks") + entry(writer -> writer.bool(true));
        assertThat(text(config(application, Map.of()))).doesNotContain(exposes);
        assertThat(text(config(application, Map.of("expose_tracebacks", "true"))))
                .contains(exposes);
        assertThat(text(config(application, Map.of("metrics_listen", "127.0.0.1:9100"))))
                .contains(exposes);
    }

    @Test
    void watchTheIniFileBesideWhatIsNamed() {
        WorkerConfig config =
                config(PythonApplication.inFile("/shop.ini", "main", Map.of()), Map.of("reload_extra", "templates"));
        assertThat(config.watched()).containsExactly("templates", "/shop.ini");
    }
}
