package nexus.webhook;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import nexus.shape.Parcel;
import nexus.target.Answer;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.credential.TargetAuth;
import nexus.trace.AttemptSpan;
import nexus.webhook.Phase.Answering;
import nexus.webhook.Phase.Authorizing;
import nexus.webhook.Phase.Connecting;
import nexus.webhook.Phase.Reading;
import nexus.webhook.Phase.Resolving;
import nexus.webhook.answer.BrokenAnswer;
import nexus.webhook.answer.FailureText;
import nexus.webhook.connection.Connector.Opened;
import nexus.webhook.connection.Resends;
import nexus.webhook.connection.Resends.Resend;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * One request, from the name lookup to its result. Lives on the sender's event loop alone. A callback that belongs to a
 * former phase is ignored: that is how the one deadline ends every phase.
 */
final class Exchange {
    private static final String NOT_PERMITTED = "this process may not send any more";

    private final WebhookSender sender;
    private final Outgoing outgoing;
    private final int attempt;
    private final Endpoint endpoint;
    private final Permission permission;
    private final long startedAt;
    private final @Nullable AttemptSpan span; // none: not traced
    private final Promise<SendResult> result = Promise.promise();

    private @Nullable Phase phase = Resolving.INSTANCE; // null when the result is there

    /**
     * One request.
     *
     * @param attempt its number, from 1
     * @param permission asked right before it is written
     * @param startedAt {@link System#nanoTime()} when the request was asked for
     */
    Exchange(WebhookSender sender, Outgoing outgoing, int attempt, Permission permission, long startedAt) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempts count from 1: " + attempt);
        }
        this.sender = sender;
        this.outgoing = outgoing;
        this.attempt = attempt;
        this.endpoint = Endpoint.of(outgoing.endpoint()).with(outgoing.request().path());
        this.permission = permission;
        this.startedAt = startedAt;
        Parcel parcel = outgoing.parcel();
        this.span = sender.tracing.attempt(
                parcel.eventId().value(),
                parcel.eventType().value(),
                attempt,
                outgoing.request().method(),
                endpoint.host());
    }

    Future<SendResult> result() {
        return result.future();
    }

    boolean isUnderLease() {
        return permission != Permission.ALWAYS;
    }

    /** Time since the request was asked for. */
    Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    void start() {
        if (!Endpoint.isAllowedPort(endpoint.port())) {
            finish(unreachable("the port must be 80, 443 or above 1024"));
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
            finish(unreachable(FailureText.of(e)));
        }
    }

    /** Ends the request in its present phase, and closes its socket. */
    void cutOff() {
        Phase last = phase;
        finish(unreachable(NOT_PERMITTED));
        drop(last);
    }

    /** The deadline has passed. A refusal counts as soon as its status is known. */
    void timedOut() {
        Phase last = phase;
        if (last != null) {
            finish(
                    last instanceof Reading reading && !isSuccess(reading)
                            ? failure(reading)
                            : new SendResult.TimedOut(last.doing(), took()));
            drop(last);
        }
    }

    private void resolved(Resolution resolution) {
        if (!(phase instanceof Resolving)) {
            return;
        }
        switch (resolution) {
            case Resolution.Open open -> authorize(open.addresses());
            case Resolution.Blocked blocked ->
                finish(new SendResult.Blocked(blocked.address().getHostAddress(), took()));
            case Resolution.Unknown() -> finish(unreachable("the host name has no address"));
            case Resolution.Late() -> finish(new SendResult.TimedOut(Resolving.INSTANCE.doing(), took()));
        }
    }

    private void authorize(List<InetAddress> addresses) {
        switch (outgoing.access().auth()) {
            case TargetAuth.None none -> connect(new Connecting(addresses, "", Resends.NONE));
            case TargetAuth.Fixed fixed -> connect(new Connecting(addresses, fixed.authorization(), Resends.NONE));
            case TargetAuth.ClientCredentials credentials -> {
                phase = new Authorizing(addresses);
                sender.tokens.authorization(credentials).onComplete(this::authorized);
            }
        }
    }

    private void authorized(AsyncResult<String> token) {
        if (!(phase instanceof Authorizing authorizing)) {
            return;
        }
        if (token.failed()) {
            finish(unreachable(String.valueOf(token.cause().getMessage())));
        } else {
            connect(new Connecting(authorizing.addresses(), token.result(), Resends.NONE));
        }
    }

    private void connect(Connecting connecting) {
        phase = connecting;
        try {
            sender.connector
                    .open(
                            HttpMethod.valueOf(outgoing.request().method()),
                            endpoint,
                            connecting.addresses(),
                            outgoing.access().tls(),
                            sender.timeout.minus(took()))
                    .onComplete(this::connected);
        } catch (RuntimeException e) {
            finish(unreachable(FailureText.of(e)));
        }
    }

    private void connected(AsyncResult<Opened> connection) {
        if (!(phase instanceof Connecting connecting)) {
            if (connection.succeeded()) {
                connection.result().giveBack();
            }
        } else if (connection.failed()) {
            Throwable cause = connection.cause();
            finish(
                    isTimeout(cause)
                            ? new SendResult.TimedOut(connecting.doing(), took())
                            : unreachable(FailureText.of(cause)));
        } else if (!permission.isGiven()) {
            finish(unreachable(NOT_PERMITTED));
            connection.result().giveBack();
        } else {
            send(new Answering(this, connecting, connection.result()));
        }
    }

    private void send(Answering answering) {
        phase = answering;
        HttpClientRequest written = answering.written();
        written.exceptionHandler(answering);
        try {
            sender.headers.write(outgoing, attempt, answering.authorization(), span, answering.headers());
            Future<HttpClientResponse> sent =
                    outgoing.request().hasBody() ? written.send(outgoing.body()) : written.send();
            sent.onComplete(answer -> answered(answering, answer));
        } catch (IllegalArgumentException e) {
            finish(unreachable("one of the subscription's headers can't be sent"));
            written.reset(); // nothing is written: the connection goes back to the pool
        }
    }

    private void answered(Answering answering, AsyncResult<HttpClientResponse> answer) {
        if (answer.failed()) {
            failed(answering, answer.cause());
            return;
        }
        if (phase != answering) {
            return;
        }
        HttpClientResponse head = answer.result();
        Reading reading = new Reading(answering, head);
        phase = reading;
        head.exceptionHandler(answering);
        head.handler(chunk -> read(reading, chunk));
        head.endHandler(ignored -> complete(reading));
    }

    private void read(Reading reading, Buffer chunk) {
        if (phase == reading && !reading.add(chunk, sender.maxAnswerBytes)) {
            sender.answerCut();
            complete(reading);
            drop(reading);
        }
    }

    private void complete(Reading reading) {
        if (phase == reading) {
            finish(isSuccess(reading) ? new SendResult.Delivered(answer(reading), took()) : failure(reading));
        }
    }

    /**
     * A request, or its answer, failed.
     *
     * @param failing ignored when the request was sent again meanwhile, since one failure may be reported twice
     */
    void failed(Answering failing, Throwable cause) {
        if (phase == failing) {
            sendAgain(failing, cause);
        } else if (phase instanceof Reading reading && reading.answered() == failing) {
            finish(isSuccess(reading) ? unreachable(brokenOff(cause)) : failure(reading));
        }
    }

    private void sendAgain(Answering failed, Throwable cause) {
        if (failed.requiresHttp1(cause)) {
            sender.connector.requireHttp1(endpoint);
            connect(failed.again());
            return;
        }
        Resend resend = failed.resendAfter(cause);
        if (resend == null) {
            finish(unreachable(FailureText.of(cause)));
            return;
        }
        Connecting next = failed.again(resend.counted());
        if (resend.waitMillis() == 0) {
            connect(next);
            return;
        }
        phase = next;
        sender.vertx.setTimer(resend.waitMillis(), ignored -> {
            if (phase instanceof Connecting) {
                connect(next);
            }
        });
    }

    /** The result of an answer whose status is no success, complete or not. */
    private SendResult failure(Reading reading) {
        int status = reading.head().statusCode();
        return StatusMeaning.isStatus(status)
                ? refused(reading)
                : unreachable("answered with the status " + status + ", which is none");
    }

    private SendResult refused(Reading reading) {
        HttpClientResponse head = reading.head();
        if (head.statusCode() == 401 && outgoing.access().auth() instanceof TargetAuth.ClientCredentials credentials) {
            sender.tokens.forget(credentials, reading.answered().authorization());
        }
        String header = head.getHeader(HttpHeaders.RETRY_AFTER);
        Optional<Duration> wait = header == null
                ? Optional.empty()
                : RetryAfter.parse(header, head.getHeader(HttpHeaders.DATE), sender.clock.instant());
        return outgoing.meaning()
                .refused(new RefusedAnswer(
                        answer(reading), head.statusCode(), reading.text(), head::getHeader, wait, took()));
    }

    private Answer answer(Reading reading) {
        return new Answer(
                reading.head().statusCode(),
                Echo.without(reading.text(), outgoing, reading.answered().authorization()));
    }

    private SendResult unreachable(String why) {
        return new SendResult.Unreachable(why, took());
    }

    private void finish(SendResult outcome) {
        if (phase == null) {
            return;
        }
        phase = null;
        sender.open.remove(this);
        if (span != null) {
            span.end(outcome.outcome(), outcome.code(), outcome.error());
        }
        result.complete(outcome);
    }

    /**
     * Closes the connection of a request that is over before its answer has ended. Vert.x takes it out of its pool, but
     * closes it only when all is written; a receiver that reads nothing would keep it open for ever, so that the channel
     * is closed as well.
     */
    private static void drop(@Nullable Phase last) {
        HttpClientRequest dropped = last == null ? null : last.written();
        if (dropped == null) {
            return;
        }
        dropped.reset();
        if (dropped.version() != HttpVersion.HTTP_2 // others share its connection
                && dropped.connection() instanceof HttpClientConnection http1) {
            ChannelFuture unused = http1.channelHandlerContext().close();
        }
    }

    private static String brokenOff(Throwable cause) {
        return cause instanceof BrokenAnswer broken
                ? broken.words()
                : "the connection broke in the middle of the answer";
    }

    private static boolean isTimeout(Throwable cause) {
        return cause instanceof ConnectTimeoutException || cause instanceof TimeoutException;
    }

    private static boolean isSuccess(Reading reading) {
        return StatusMeaning.isSuccess(reading.head().statusCode());
    }
}
