package nexus.testkit;

import static nexus.testkit.Eventually.eventually;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A real HTTP receiver on 127.0.0.1 that answers as told and remembers what it got.
 *
 * <pre>{@code
 * try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
 *     receiver.answer(status(500), status(503).header("Retry-After", "2"));   // the first two requests; then 200
 *     ...
 *     Received second = receiver.await(3).get(1);
 *     assertThat(second.header("X-Delivery-Attempt")).isEqualTo("2");
 * }
 * }</pre>
 */
public final class ScriptedReceiver implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private volatile Function<Received, Answer> rule = ignored -> status(200);

    /**
     * A request as it came.
     *
     * @param headers by lower-case name; of a repeated one the last
     */
    public record Received(
            String method, String pathAndQuery, Map<String, String> headers, Buffer body, Instant arrivedAt) {
        /** The header's value; empty text when it is missing. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        public String text() {
            return body.toString(StandardCharsets.UTF_8);
        }
    }

    /** How to answer one request. Made by the methods below, and refined by its own. */
    public record Answer(
            int status,
            Map<String, String> headers,
            Buffer body,
            Duration delay,
            Optional<Duration> dripEvery,
            Ending ending) {
        enum Ending {
            COMPLETE,
            /** Not a byte, and the connection stays open. */
            HANG,
            /** Not a byte, and the connection is closed. */
            CLOSE,
            /** Headers that promise more than the body has, then the connection is closed. */
            BREAK_OFF
        }

        public Answer header(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body, delay, dripEvery, ending);
        }

        public Answer body(String text) {
            return body(Buffer.buffer(text));
        }

        public Answer body(Buffer bytes) {
            return new Answer(status, headers, bytes, delay, dripEvery, ending);
        }

        /** Waits before the first byte. */
        public Answer after(Duration wait) {
            return new Answer(status, headers, body, wait, dripEvery, ending);
        }

        /** Sends headers at once, then one byte of body each time this has passed, without end. */
        public Answer dripping(Duration every) {
            return new Answer(status, headers, body, delay, Optional.of(every), ending);
        }

        /** Sends headers and the body, but promises more and closes the connection instead. */
        public Answer brokenOff() {
            return new Answer(status, headers, body, delay, dripEvery, Ending.BREAK_OFF);
        }
    }

    public static Answer status(int code) {
        return new Answer(code, Map.of(), Buffer.buffer(), Duration.ZERO, Optional.empty(), Answer.Ending.COMPLETE);
    }

    /** Takes the request and never answers. */
    public static Answer hang() {
        return new Answer(200, Map.of(), Buffer.buffer(), Duration.ZERO, Optional.empty(), Answer.Ending.HANG);
    }

    /** Takes the request and closes the connection without an answer. */
    public static Answer closeWithoutAnswer() {
        return new Answer(200, Map.of(), Buffer.buffer(), Duration.ZERO, Optional.empty(), Answer.Ending.CLOSE);
    }

    private ScriptedReceiver(HttpServerOptions options) {
        server = vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    connections.incrementAndGet();
                    open.incrementAndGet();
                    connection.closeHandler(ignored -> open.decrementAndGet());
                })
                .requestHandler(request -> request.bodyHandler(body -> handle(request, body)));
    }

    /** Listens on a free port of 127.0.0.1. */
    public static ScriptedReceiver start() {
        return start(new HttpServerOptions());
    }

    /** Listens on a free port of 127.0.0.1, with TLS for instance. */
    public static ScriptedReceiver start(HttpServerOptions options) {
        ScriptedReceiver receiver =
                new ScriptedReceiver(options.setHost("127.0.0.1").setPort(0));
        await(receiver.server.listen());
        return receiver;
    }

    public int port() {
        return server.actualPort();
    }

    public URI uri() {
        return uri("/hook");
    }

    /** @param pathAndQuery with its leading slash */
    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    /** Answers the next requests in this order; after them the rule of {@link #always} holds. */
    public void answer(Answer... answers) {
        script.addAll(List.of(answers));
    }

    /** Answers every request for which no scripted answer is left. At first that is 200 with no body. */
    public void always(Answer answer) {
        always(ignored -> answer);
    }

    /** The same, by what the request says. */
    public void always(Function<Received, Answer> newRule) {
        rule = newRule;
    }

    /** Everything that came so far, in order of arrival. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** Waits until at least {@code count} requests came; fails the test if they don't. */
    public List<Received> await(int count) {
        return await(count, PATIENCE);
    }

    public List<Received> await(int count, Duration atMost) {
        eventually(count + " requests at the receiver", atMost, () -> received.size() >= count);
        return received();
    }

    /** Connections ever accepted. */
    public int connections() {
        return connections.get();
    }

    /** Connections that are open now. */
    public int openConnections() {
        return open.get();
    }

    /** Forgets what came and what was scripted. */
    public void clear() {
        received.clear();
        script.clear();
        rule = ignored -> status(200);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    private void handle(HttpServerRequest request, Buffer body) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        Received arrived =
                new Received(request.method().name(), request.uri(), Map.copyOf(headers), body, Instant.now());
        Answer scripted = script.poll();
        Answer answer = scripted == null ? rule.apply(arrived) : scripted;
        received.add(arrived);
        if (answer.delay().isZero()) {
            give(answer, request);
        } else {
            vertx.setTimer(answer.delay().toMillis(), ignored -> give(answer, request));
        }
    }

    private void give(Answer answer, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        switch (answer.ending()) {
            case HANG -> {}
            case CLOSE -> request.connection().close();
            case BREAK_OFF -> {
                head(answer, response)
                        .putHeader(
                                "Content-Length", Integer.toString(answer.body().length() + 1000));
                response.write(answer.body())
                        .onComplete(ignored -> request.connection().close());
            }
            case COMPLETE -> {
                if (answer.dripEvery().isPresent()) {
                    drip(answer.dripEvery().get(), head(answer, response).setChunked(true));
                } else {
                    head(answer, response).end(answer.body());
                }
            }
        }
    }

    private static HttpServerResponse head(Answer answer, HttpServerResponse response) {
        answer.headers().forEach(response::putHeader);
        return response.setStatusCode(answer.status());
    }

    private void drip(Duration every, HttpServerResponse response) {
        response.write("drip ");
        long timer = vertx.setPeriodic(every.toMillis(), ignored -> response.write("."));
        response.exceptionHandler(ignored -> vertx.cancelTimer(timer));
        response.closeHandler(ignored -> vertx.cancelTimer(timer));
    }

    private static <T> @Nullable T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
