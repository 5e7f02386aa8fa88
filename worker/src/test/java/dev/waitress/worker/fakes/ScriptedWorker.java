package dev.waitress.worker.fakes;

import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerBoard;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** A worker of a pool that does what a test says. */
public final class ScriptedWorker {
    private final FakeProcess process;
    private final FakeLink requests = new FakeLink();
    private final FakeLink control = new FakeLink();
    private final Path board;
    private final int threads;
    private final Worker worker;

    /** It has started, and not connected yet; its process has a hundred times its number. */
    public ScriptedWorker(WorkerPool pool, int number, Path directory, int threads) throws IOException {
        process = new FakeProcess(100L * number);
        this.threads = threads;
        board = directory.resolve("board-" + number);
        worker = pool.add(number, process, new WorkerBoard(board, threads));
    }

    public Worker worker() {
        return worker;
    }

    public FakeProcess process() {
        return process;
    }

    public FakeLink requests() {
        return requests;
    }

    public FakeLink control() {
        return control;
    }

    /** It has opened both sockets, and was told what to serve. */
    public ScriptedWorker connects() throws IOException {
        worker.attach("requests", process.pid(), requests);
        worker.attach("control", process.pid(), control);
        return this;
    }

    /** It has loaded the application. */
    public ScriptedWorker isReady() {
        says(Protocol.READY);
        return this;
    }

    /** A control message of numbers. */
    public void says(int... numbers) {
        control.say(writer -> numbers(writer, numbers));
    }

    private static void numbers(MarshalWriter writer, int... numbers) {
        writer.tuple(numbers.length);
        for (int number : numbers) {
            writer.integer(number);
        }
    }

    /** It cannot load the application. */
    public void fails(String message, int exitStatus) {
        control.say(writer -> {
            writer.tuple(4);
            writer.integer(Protocol.FAILED);
            writer.text(message);
            writer.text("");
            writer.integer(exitStatus);
        });
    }

    /** It gives back these requests. */
    public void givesBack(int... ids) {
        control.say(writer -> {
            writer.tuple(2);
            writer.integer(Protocol.RECALLED);
            writer.list(ids.length);
            for (int id : ids) {
                writer.integer(id);
            }
        });
    }

    /** It says where a request is. */
    public void locates(int id, String stacks) {
        control.say(writer -> {
            writer.tuple(3);
            writer.integer(Protocol.LOCATED);
            writer.integer(id);
            writer.text(stacks);
        });
    }

    /** Its first thread has begun a request. */
    public void begins(int id) throws IOException {
        begins(0, id);
    }

    /** The thread of this number has begun a request. */
    public void begins(int thread, int id) throws IOException {
        ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel file = FileChannel.open(board, StandardOpenOption.WRITE)) {
            file.write(number.putInt(id).flip(), (long) Integer.BYTES * thread);
        }
    }

    /** It has an answer ready, which it leaves where it is found if it dies. */
    public void keeps(int id, String body) throws IOException {
        MarshalWriter answer = new MarshalWriter(64);
        response(id, body).accept(answer);
        keeps(answer.toByteArray());
    }

    /** It leaves these bytes there. */
    public void keeps(byte[] bytes) throws IOException {
        ByteBuffer words = ByteBuffer.allocate(Integer.BYTES + bytes.length).order(ByteOrder.nativeOrder());
        words.putInt(bytes.length).put(bytes).flip();
        try (FileChannel file = FileChannel.open(board, StandardOpenOption.WRITE)) {
            file.write(words, (long) Integer.BYTES * threads);
        }
    }

    /** It answers a request with 200 and this body. */
    public void answers(int id, String body) {
        requests.say(list(response(id, body)));
    }

    /** It has the client learn of a header before it answers. */
    public void hints(int id) {
        requests.say(list(message(Protocol.HINTS, id, 1, writer -> {
            writer.list(1);
            writer.tuple(2);
            writer.text("Link");
            writer.text("</a.css>");
        })));
    }

    /** It begins to send a response piece by piece. */
    public void streams(int id) {
        requests.say(list(writer -> {
            writer.tuple(4);
            writer.integer(Protocol.START);
            writer.integer(id);
            head(writer, "200 OK");
        }));
    }

    /** Such a response ends. */
    public void endsStream(int id) {
        requests.say(list(writer -> numbers(writer, Protocol.END, id)));
    }

    /** The same, which nobody has read when it ends. */
    public void answersLast(int id, String body) {
        requests.sayLast(list(response(id, body)));
    }

    /** A list of one message. */
    public static Consumer<MarshalWriter> list(Consumer<MarshalWriter> message) {
        return writer -> {
            writer.list(1);
            message.accept(writer);
        };
    }

    /** A whole response. */
    public static Consumer<MarshalWriter> response(int id, String body) {
        return writer -> {
            writer.tuple(5);
            writer.integer(Protocol.RESPONSE);
            writer.integer(id);
            head(writer, "200 OK");
            byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
            writer.blob(bytes, 0, bytes.length);
        };
    }

    /** Status and one header field. */
    public static void head(MarshalWriter writer, String status) {
        writer.text(status);
        writer.list(1);
        writer.tuple(2);
        writer.text("X-Name");
        writer.text("value");
    }

    /** Another message on the socket for requests: kind, id, and whatever follows. */
    public static Consumer<MarshalWriter> message(int kind, int id, int more, Consumer<MarshalWriter> items) {
        return writer -> {
            writer.tuple(2 + more);
            writer.integer(kind);
            writer.integer(id);
            items.accept(writer);
        };
    }
}
