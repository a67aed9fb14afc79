package nexus.webhook.answer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnection;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a receiver, with the handlers that keep its answers apart and bounded. Vert.x's own let an
 * informational answer pass for the final one and use a connection again on which bytes are left.
 */
public final class GuardedConnection {
    private static final AttributeKey<GuardedConnection> KEY = AttributeKey.valueOf(GuardedConnection.class, "guard");
    private static final String CODEC = "codec"; // the name that Vert.x gives to its own
    private static final Pattern KEEP_ALIVE_TIMEOUT = Pattern.compile("timeout\\s*=\\s*\"?([0-9]{1,9})");

    private final HttpConnection connection;
    private final ReceiverBreaches breaches;
    private final Duration keepAlive;
    private final @Nullable AnswerDecoder answers; // of HTTP/1.1
    private final @Nullable RequestEncoder requests; // of HTTP/1.1
    private final @Nullable Http2Answers streams; // of HTTP/2
    private String host = "";
    private boolean isUsed;

    private GuardedConnection(
            HttpConnection connection, ReceiverBreaches breaches, AnswerLimits limits, Duration keepAlive) {
        this.connection = connection;
        this.breaches = breaches;
        this.keepAlive = keepAlive;
        Channel channel = channel(connection);
        ChannelPipeline pipeline = channel.pipeline();
        Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
        if (http2 == null) {
            answers = new AnswerDecoder(this, limits);
            requests = new RequestEncoder(answers);
            streams = null;
            pipeline.replace(CODEC, CODEC, answers);
            pipeline.addAfter(CODEC, "requests", requests);
        } else {
            answers = null;
            requests = null;
            streams = new Http2Answers(this, http2);
            http2.decoder().frameListener(streams);
            meterFrames(pipeline, http2);
        }
        connection.exceptionHandler(this::broke);
        channel.attr(KEY).set(this);
    }

    /**
     * Installs the handlers on a connection that was just opened.
     *
     * @param keepAlive how long the client keeps it while it is not used
     */
    public static void guard(
            HttpConnection connection, ReceiverBreaches breaches, AnswerLimits limits, Duration keepAlive) {
        GuardedConnection unused = new GuardedConnection(connection, breaches, limits, keepAlive);
    }

    public static GuardedConnection of(HttpConnection connection) {
        return channel(connection).attr(KEY).get();
    }

    /**
     * A request takes the connection.
     *
     * @param toward the endpoint's host, which all requests on the connection share
     * @return whether it is the first one
     */
    public boolean take(String toward) {
        boolean isFirst = !isUsed;
        isUsed = true;
        host = toward;
        if (requests != null) {
            requests.forgetHeaders(); // of a request that was given up before it was written
        }
        return isFirst;
    }

    /**
     * Begins the headers of the request that took the connection.
     *
     * @return takes names and values, and throws {@link IllegalArgumentException} for a value that cannot be sent
     */
    public BiConsumer<CharSequence, CharSequence> headers(HttpClientRequest request) {
        return requests == null ? request.headers()::add : requests.newHeaders();
    }

    /** Whether a byte of the answer to the request in flight has arrived; known of HTTP/1.1 alone. */
    public boolean hasBegunAnswer() {
        return answers != null && answers.hasReceived();
    }

    /** Whether a GOAWAY says that this stream of HTTP/2 was not processed. */
    public boolean isUnprocessed(int streamId) {
        return streams != null && streams.isUnprocessed(streamId);
    }

    /** Whether the receiver has ended a connection of HTTP/2 because it takes requests over HTTP/1.1 alone. */
    public boolean requiresHttp1() {
        return streams != null && streams.requiresHttp1();
    }

    boolean isDistrusted() {
        return breaches.isDistrusted(host);
    }

    void report(String words) {
        breaches.report(host, words);
    }

    /**
     * Bytes belong to no answer: the connection leaves the pool at once.
     *
     * @param words the breach; null when it is none
     */
    void hasStrayBytes(@Nullable String words) {
        if (words != null) {
            leavesBytes(words, true);
        }
        connection.close();
    }

    /** @param isUnannounced the answer's headers do not show it, so that the next one cannot be trusted either */
    void leavesBytes(String words, boolean isUnannounced) {
        report(words);
        if (isUnannounced) {
            breaches.distrust(host);
        }
    }

    /** A receiver may ask for less time than the client keeps an idle connection, not for more. */
    void limitKeepAlive(HttpHeaders headers) {
        String value = headers.get("keep-alive");
        if (value == null) {
            return;
        }
        Matcher timeout = KEEP_ALIVE_TIMEOUT.matcher(value);
        long seconds = timeout.find() ? Long.parseLong(timeout.group(1)) : Long.MAX_VALUE;
        if (seconds == 0) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (seconds == 0 || seconds >= keepAlive.toSeconds()) {
            headers.remove("keep-alive");
        }
    }

    /** The connection failed. Its requests hear of it themselves. */
    private void broke(Throwable cause) {
        if (cause instanceof BrokenAnswer broken ? broken.isBreach() : cause instanceof Http2Exception) {
            report(FailureText.of(cause));
        }
    }

    private static void meterFrames(ChannelPipeline pipeline, Http2ConnectionHandler http2) {
        FrameMeter meter = pipeline.get(FrameMeter.class); // added by MeteredTlsOptions
        meter.becomeReady();
        http2.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                meter.beginRequest();
            }
        });
    }

    /** Closes the channel, whatever is left to write. */
    static void close(ChannelHandlerContext ctx) {
        ChannelFuture unused = ctx.close();
    }

    private static Channel channel(HttpConnection connection) {
        return ((HttpClientConnection) connection).channelHandlerContext().channel();
    }
}
