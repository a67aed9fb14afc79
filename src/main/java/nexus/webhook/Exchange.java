package nexus.webhook;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpClientConnection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import nexus.target.credential.TargetAuth;
import nexus.trace.AttemptSpan;
import nexus.webhook.SendResult.Phase;
import nexus.webhook.answer.BrokenAnswer;
import nexus.webhook.answer.FailureText;
import nexus.webhook.answer.GuardedConnection;
import nexus.webhook.connection.Connector.Opened;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * One request under way, from the name lookup to its result. Lives on the sender's event loop alone. Whatever happens
 * after the result is there is ignored: that is how the one deadline ends every phase.
 */
final class Exchange {
    /** How often a request that a receiver did not process is sent again within one attempt. */
    private static final int MAX_UNPROCESSED = 6;

    private static final long FIRST_WAIT_MILLIS = 50;

    private final WebhookSender sender;
    private final WebhookRequest request;
    private final Endpoint endpoint;
    private final @Nullable BooleanSupplier permitted; // null: under no lease
    private final long startedAt;
    private final @Nullable AttemptSpan span; // none: not traced
    private final Promise<SendResult> result = Promise.promise();

    private Phase phase = Phase.LOOKUP;
    private boolean isOver;
    private List<InetAddress> addresses = List.of();
    private @Nullable Opened opened; // the latest
    private boolean wasSentAgain;
    private int unprocessed; // how often the receiver said so
    private @Nullable GuardedConnection connection;
    private String authorization = "";
    private @Nullable HttpClientRequest sent;
    private @Nullable HttpClientResponse response;
    private @Nullable Buffer answer;

    /**
     * One request.
     *
     * @param permitted asked right before it is written; null when it is made under no lease
     * @param startedAt {@link System#nanoTime()} when the request was asked for
     */
    Exchange(WebhookSender sender, WebhookRequest request, @Nullable BooleanSupplier permitted, long startedAt) {
        this.sender = sender;
        this.request = request;
        this.endpoint = Endpoint.of(request.endpoint());
        this.permitted = permitted;
        this.startedAt = startedAt;
        this.span = sender.tracing.attempt(
                request.eventId().value(), request.eventType().value(), request.attempt(), endpoint.host());
    }

    Future<SendResult> result() {
        return result.future();
    }

    boolean isUnderLease() {
        return permitted != null;
    }

    void start() {
        if (!Endpoint.isAllowedPort(endpoint.port())) {
            finish(new SendResult.Unreachable("the port must be 80, 443 or above 1024", took()));
            return;
        }
        sender.open.add(this);
        try {
            Future<Resolution> resolution = sender.resolver.resolve(endpoint.host());
            if (resolution.isComplete()) {
                resolved(resolution.result());
            } else {
                resolution.onSuccess(late -> sender.context.runOnContext(ignored -> resolved(late)));
            }
        } catch (IllegalStateException e) { // Vert.x is closing
            failed(e);
        }
    }

    private void resolved(Resolution resolution) {
        if (isOver) {
            return;
        }
        switch (resolution) {
            case Resolution.Open open -> {
                addresses = open.addresses();
                authorize();
            }
            case Resolution.Blocked blocked ->
                finish(new SendResult.Blocked(blocked.address().getHostAddress(), took()));
            case Resolution.Unknown() -> finish(new SendResult.Unreachable("the host name has no address", took()));
            case Resolution.Late() -> finish(new SendResult.TimedOut(Phase.LOOKUP, took()));
        }
    }

    private void authorize() {
        switch (request.access().auth()) {
            case TargetAuth.None none -> connect();
            case TargetAuth.Fixed fixed -> {
                authorization = fixed.authorization();
                connect();
            }
            case TargetAuth.ClientCredentials credentials -> {
                phase = Phase.TOKEN;
                sender.tokens.authorization(credentials).onComplete(this::authorized);
            }
        }
    }

    private void authorized(AsyncResult<String> token) {
        if (isOver) {
            return;
        }
        if (token.failed()) {
            finish(new SendResult.Unreachable(String.valueOf(token.cause().getMessage()), took()));
        } else {
            authorization = token.result();
            connect();
        }
    }

    private void connect() {
        phase = Phase.CONNECT;
        try {
            sender.connector
                    .open(endpoint, addresses, request.access().tls(), sender.timeout.minus(took()))
                    .onComplete(this::connected);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void connected(AsyncResult<Opened> connecting) {
        if (connecting.failed()) {
            connectFailed(connecting.cause());
            return;
        }
        opened = connecting.result();
        HttpClientRequest asked = opened.request();
        asked.exceptionHandler(cause -> failed(asked, cause));
        if (isOver) {
            asked.reset();
            return;
        }
        if (permitted != null && !permitted.getAsBoolean()) {
            finish(new SendResult.Unreachable("this process may not send any more", took()));
            asked.reset(); // nothing is written: the connection goes back to the pool
            return;
        }
        sent = asked;
        connection = GuardedConnection.of(asked.connection());
        phase = Phase.ANSWER;
        try {
            sender.headers.write(request, authorization, span, asked.headers());
            asked.send(request.body()).onComplete(answering -> answered(asked, answering));
        } catch (IllegalArgumentException e) {
            finish(new SendResult.Unreachable("one of the subscription's headers can't be sent", took()));
            asked.reset(); // nothing is written: the connection goes back to the pool
        }
    }

    /** Ends it in whatever phase it is, and closes its socket. */
    void cutOff() {
        finish(new SendResult.Unreachable("this process may not send any more", took()));
        drop();
    }

    private void connectFailed(Throwable cause) {
        if (isOver) {
            return;
        }
        if (isTimeout(cause)) {
            finish(new SendResult.TimedOut(Phase.CONNECT, took()));
        } else {
            failed(cause);
        }
    }

    private void answered(HttpClientRequest asked, AsyncResult<HttpClientResponse> answering) {
        if (answering.failed()) {
            failed(asked, answering.cause());
            return;
        }
        if (isOver || asked != sent) {
            return;
        }
        phase = Phase.BODY;
        HttpClientResponse head = answering.result();
        response = head;
        head.exceptionHandler(cause -> failed(asked, cause));
        head.handler(this::read);
        head.endHandler(ignored -> complete(head));
    }

    private void read(Buffer chunk) {
        HttpClientResponse head = response;
        if (isOver || head == null) {
            return;
        }
        if (answer == null) {
            answer = Buffer.buffer();
        }
        int room = sender.maxAnswerBytes - answer.length();
        if (chunk.length() <= room) {
            answer.appendBuffer(chunk);
        } else {
            answer.appendBuffer(chunk, 0, room);
            sender.answerCut();
            complete(head);
            drop();
        }
    }

    private void complete(HttpClientResponse head) {
        int status = head.statusCode();
        if (status < 100 || status > 599) { // the client takes any number for one
            finish(new SendResult.Unreachable("answered with the status " + status + ", which is none", took()));
            return;
        }
        finish(isSuccess(status) ? new SendResult.Delivered(status, text(), took()) : refused(head));
    }

    private SendResult refused(HttpClientResponse head) {
        if (head.statusCode() == 401 && request.access().auth() instanceof TargetAuth.ClientCredentials credentials) {
            sender.tokens.forget(credentials, authorization);
        }
        String retryAfter = head.getHeader(HttpHeaders.RETRY_AFTER);
        Optional<Duration> wait =
                retryAfter == null ? Optional.empty() : RetryAfter.parse(retryAfter, sender.clock.instant());
        return new SendResult.Refused(head.statusCode(), text(), wait, took());
    }

    /** Its time is over. */
    void timedOut() {
        if (isOver) {
            return;
        }
        HttpClientResponse head = response;
        finish(head == null || isSuccess(head.statusCode()) ? new SendResult.TimedOut(phase, took()) : refused(head));
        drop();
    }

    /** @param asked ignored when the request was sent again meanwhile, since one failure may be reported twice */
    private void failed(HttpClientRequest asked, Throwable cause) {
        if (asked == sent) {
            failed(cause);
        }
    }

    private void failed(Throwable cause) {
        if (isOver) {
            return;
        }
        HttpClientResponse head = response;
        if (head != null) {
            finish(
                    isSuccess(head.statusCode())
                            ? new SendResult.Unreachable(
                                    cause instanceof BrokenAnswer broken
                                            ? broken.words()
                                            : "the connection broke in the middle of the answer",
                                    took())
                            : refused(head));
        } else if (isUnprocessed(cause) && unprocessed < MAX_UNPROCESSED) {
            sendAgainUnprocessed();
        } else if (isStale(cause) && !wasSentAgain && !hasBegunAnswer()) {
            wasSentAgain = true;
            sent = null;
            connect();
        } else {
            finish(new SendResult.Unreachable(FailureText.of(cause), took()));
        }
    }

    /** The receiver did nothing with the request, so that it costs no attempt: at once, then after growing waits. */
    private void sendAgainUnprocessed() {
        sent = null;
        phase = Phase.CONNECT;
        long wait = unprocessed == 0 ? 0 : FIRST_WAIT_MILLIS << (unprocessed - 1);
        unprocessed++;
        if (wait == 0) {
            connect();
        } else {
            sender.vertx.setTimer(wait, ignored -> {
                if (!isOver) {
                    connect();
                }
            });
        }
    }

    /** Whether HTTP/2 says that the request was not processed: RFC 9113, 8.7. */
    private boolean isUnprocessed(Throwable cause) {
        HttpClientRequest asked = sent;
        if (asked == null || asked.version() != HttpVersion.HTTP_2) {
            return false;
        }
        if (cause instanceof StreamResetException reset) {
            return reset.getCode() == Http2Error.REFUSED_STREAM.code();
        }
        return asked.streamId() < 1 // the connection took no other stream
                || (connection != null && connection.isUnprocessed(asked.streamId()));
    }

    private boolean isStale(Throwable cause) {
        return opened != null && opened.isStale(cause);
    }

    private boolean hasBegunAnswer() {
        return connection != null && connection.hasBegunAnswer();
    }

    private void finish(SendResult outcome) {
        if (isOver) {
            return;
        }
        isOver = true;
        sender.open.remove(this);
        if (span != null) {
            span.end(outcome.outcome(), outcome.statusCode(), outcome.error());
        }
        result.complete(outcome);
    }

    /**
     * What still comes on this connection is of no use. Vert.x takes it out of its pool, but closes it only when all is
     * written; a receiver that reads nothing would keep it open for ever, so that the channel is closed as well.
     */
    private void drop() {
        HttpClientRequest dropped = sent;
        if (dropped != null) {
            dropped.reset();
            if (dropped.version() == HttpVersion.HTTP_2) {
                return; // others share its connection
            }
            if (dropped.connection() instanceof HttpClientConnection http1) {
                ChannelFuture unused = http1.channelHandlerContext().close();
            }
        }
    }

    /** Since it was asked for. */
    Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    /** PostgreSQL's text has no NUL; what is not UTF-8 becomes a replacement character. */
    private String text() {
        return answer == null ? "" : Echo.without(answer.toString().replace("\0", ""), request, authorization);
    }

    private static boolean isTimeout(Throwable cause) {
        return cause instanceof ConnectTimeoutException || cause instanceof TimeoutException;
    }

    private static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }
}
