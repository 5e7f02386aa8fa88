package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.wsgi.Application;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Threads of the system, and virtual ones where Java has them. */
@Timeout(60)
class ThreadKindTest {
    private static final ServerName NAME = new ServerName("waitress", false);
    private static final int HUNDREDS = 300;

    @Test
    void isThatOfTheSystemByDefault() {
        ThreadKind kind = ThreadKind.of(Settings.defaults());
        assertThat(kind).isEqualTo(ThreadKind.PLATFORM);
        assertThat(kind.early(HUNDREDS)).isEqualTo(HUNDREDS);
    }

    @Test
    void isRefusedWhereJavaDoesNotHaveIt() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> ThreadKind.of("virtual", 20))
                .withMessage("task_threads: virtual ones need Java 21 or newer, this is 20");
        assertThat(ThreadKind.of("virtual", 21)).isEqualTo(ThreadKind.VIRTUAL);
        assertThat(ThreadKind.of("platform", 17)).isEqualTo(ThreadKind.PLATFORM);
    }

    /** Nobody goes on before all have begun; and who is no longer needed is told by its name, as any thread. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void hundredsWaitAtOnceWhereTheyAreVirtual() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(HUNDREDS);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Application application = (environ, startResponse) -> {
            threads.add(Thread.currentThread().toString());
            all.countDown();
            all.await();
            startResponse.start("200 OK", List.of());
            return List.of();
        };
        LinkedBlockingQueue<Runnable> onLoop = new LinkedBlockingQueue<>();
        Settings settings = Settings.ofText(Map.of("threads", String.valueOf(HUNDREDS), "task_threads", "virtual"));
        TaskDispatcher dispatcher = new TaskDispatcher(application, settings, onLoop::add, new FakeLoop(1, 1));
        List<Response> responses =
                Stream.generate(() -> ask(dispatcher)).limit(HUNDREDS).toList();
        while (!responses.stream().allMatch(Response::hasEnded)) {
            onLoop.take().run();
        }
        dispatcher.close(Duration.ZERO);
        assertThat(threads).hasSize(HUNDREDS).allMatch(each -> each.matches("VirtualThread\\[#\\d+,waitress-\\d+].*"));
    }

    private static Response ask(TaskDispatcher dispatcher) {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        dispatcher.submit(request, response);
        return response;
    }
}
