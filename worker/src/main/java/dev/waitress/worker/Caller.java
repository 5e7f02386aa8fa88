package dev.waitress.worker;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The Python process that started this front, for an application that it runs itself or names. It gives orders on our
 * standard input, which it holds open as long as it lives; what it has to know goes to our standard output. Both carry
 * the frames of workers; {@code waitress/front.py} is the other side.
 */
public final class Caller {
    /** From the caller: {@code (STOP, n)}: answer what was received, then end; 1 if somebody at a terminal waits. */
    private static final int STOP = 0;
    /** {@code (LEVEL, n)}: log records below this level of Python's are of no interest. */
    private static final int LEVEL = 1;
    /** {@code (RELOAD, 0)}: load the application again. */
    private static final int RELOAD = 2;
    /** {@code (ADD, 0)}: start one more worker. */
    private static final int ADD = 3;
    /** {@code (REMOVE, 0)}: end one worker. */
    private static final int REMOVE = 4;
    /** {@code (REOPEN, 0)}: open the access log again. */
    private static final int REOPEN = 5;

    /**
     * To the caller: {@code (STARTED, address, secret, directory, workers, startup_timeout, [(host, port), …], [url,
     * …])}.
     */
    private static final int STARTED = 0;
    /** {@code (REFUSED, message)}: the settings are wrong. */
    private static final int REFUSED = 1;
    /** {@code (FAILED, message)}: the system refuses. */
    private static final int FAILED = 2;
    /** {@code (RECORD, level, logger, message, trace)}: a log record. */
    private static final int RECORD = 3;
    /** {@code (UNLOADABLE, story)}: workers cannot load the application. */
    private static final int UNLOADABLE = 4;

    private static final int MAX_FRAME_BYTES = 1 << 20;

    private final DataInputStream in;
    private final OutputStream out;
    private final MarshalReader reader = new MarshalReader();

    public Caller(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /**
     * Waits for what comes first: {@code (level, [(name, text), …], application, python, [entry of sys.path, …])}.
     *
     * @param level told the level of {@link Orders#level}
     * @throws dev.waitress.settings.SettingsException if a setting is unknown or wrong
     */
    public Assignment readAssignment(IntConsumer level) throws IOException {
        readFrame();
        reader.sequence();
        level.accept(reader.integer());
        Map<String, String> given = new LinkedHashMap<>();
        for (int left = reader.sequence(); left > 0; left--) {
            reader.sequence();
            given.put(reader.text(), reader.text());
        }
        String application = reader.text();
        List<String> python = List.of(reader.text());
        return new Assignment(Settings.ofText(given), PythonApplication.named(application, readTexts()), python);
    }

    private List<String> readTexts() {
        List<String> texts = new ArrayList<>();
        for (int left = reader.sequence(); left > 0; left--) {
            texts.add(reader.text());
        }
        return texts;
    }

    /**
     * Obeys until the caller is gone.
     *
     * @throws IOException when it is: the end of our standard input
     */
    public void obey(Orders orders) throws IOException {
        while (true) {
            readFrame();
            reader.sequence();
            obey(orders, reader.integer(), reader.integer());
        }
    }

    private static void obey(Orders orders, int order, int number) throws IOException {
        switch (order) {
            case STOP -> orders.stop(number != 0);
            case LEVEL -> orders.level(number);
            case RELOAD -> orders.reload();
            case ADD -> orders.addWorker();
            case REMOVE -> orders.removeWorker();
            case REOPEN -> orders.reopenLogs();
            default -> throw new IOException("an order of kind " + order);
        }
    }

    private void readFrame() throws IOException {
        int length = Integer.reverseBytes(in.readInt());
        if (length < 0 || length > MAX_FRAME_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] frame = in.readNBytes(length);
        reader.reset(frame, 0, frame.length);
    }

    /** Tells that the server listens, where so many workers are to connect, and what to remove if we cannot. */
    public void started(WorkerGateway gateway, List<SocketAddress> addresses, List<String> urls) throws IOException {
        MarshalWriter writer = begin(8, STARTED);
        writer.text(gateway.home().address());
        writer.text(gateway.home().secret());
        writer.text(gateway.home().directory().toString());
        writer.integer(gateway.config().workers());
        writer.integer(Math.toIntExact(gateway.config().settings().get(Setting.STARTUP_TIMEOUT)));
        writer.list(addresses.size());
        for (SocketAddress address : addresses) {
            writer.tuple(2);
            if (address instanceof InetSocketAddress inet) {
                writer.text(inet.getAddress().getHostAddress());
                writer.text(String.valueOf(inet.getPort()));
            } else {
                writer.text("unix");
                writer.text(address.toString());
            }
        }
        writer.list(urls.size());
        urls.forEach(writer::text);
        send(writer);
    }

    /** Tells that the settings are wrong. */
    public void refused(String message) throws IOException {
        tell(REFUSED, message);
    }

    /** Tells that the server cannot start. */
    public void failed(String message) throws IOException {
        tell(FAILED, message);
    }

    /** Tells that there is nothing to serve, and why. */
    public void unloadable(WorkerFailedException failure) throws IOException {
        tell(UNLOADABLE, failure.story());
    }

    private void tell(int kind, String message) throws IOException {
        MarshalWriter writer = begin(2, kind);
        writer.text(message);
        send(writer);
    }

    /** Hands on a log record. */
    public void log(LogLine line) throws IOException {
        MarshalWriter writer = begin(5, RECORD);
        line.write(writer);
        send(writer);
    }

    private static MarshalWriter begin(int items, int kind) {
        MarshalWriter writer = new MarshalWriter(256);
        writer.fixed(0);
        writer.tuple(items);
        writer.integer(kind);
        return writer;
    }

    /** Several threads may report at once: a frame goes out in one piece. */
    private synchronized void send(MarshalWriter writer) throws IOException {
        writer.patch(0, writer.length() - Integer.BYTES);
        out.write(writer.bytes(), 0, writer.length());
        out.flush();
    }
}
