package nexus.webhook.token;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import nexus.target.credential.TargetAuth.ClientCredentials;
import nexus.webhook.answer.FailureText;
import nexus.webhook.connection.Connector;
import nexus.webhook.connection.Resends;
import nexus.webhook.connection.Resends.Resend;
import nexus.webhook.guard.Endpoint;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TargetResolver.Resolution;
import nexus.webhook.token.TokenAnswer.Token;

/**
 * Tokens of authorization servers, each fetched once and used until shortly before it expires or a receiver answers
 * 401. Concurrent requests share a fetch. Belongs to the sender's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, 4.4</a>
 */
public final class AccessTokens {
    private static final int MAX_TOKENS = 1_000;
    private static final int MAX_ANSWER = 64 * 1024;
    /** A token is not used any more so long before its end, or for the second half of a shorter life. */
    private static final Duration MARGIN = Duration.ofSeconds(30);
    /** A server that fails is not asked by every delivery. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Context context;
    private final TargetResolver resolver;
    private final Connector connector;
    private final Duration timeout;
    private final Map<ClientCredentials, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientCredentials, Known> eldest) {
            return size() > MAX_TOKENS;
        }
    };

    /** @param usableUntil {@link System#nanoTime()}; set when the answer is there, of no meaning before */
    private record Known(Future<Token> token, AtomicLong usableUntil) {}

    /**
     * Without any token yet.
     *
     * @param context the event loop that it belongs to
     * @param timeout of one request for a token
     */
    public AccessTokens(Vertx vertx, Context context, TargetResolver resolver, Connector connector, Duration timeout) {
        this.vertx = vertx;
        this.context = context;
        this.resolver = resolver;
        this.connector = connector;
        this.timeout = timeout;
    }

    /** The value of the header {@code Authorization}; fails with words for the attempt's log. */
    public Future<String> authorization(ClientCredentials credentials) {
        Known cached = known.get(credentials);
        if (cached == null
                || (cached.token().isComplete() && cached.usableUntil().get() - System.nanoTime() <= 0)) {
            AtomicLong usableUntil = new AtomicLong();
            cached = new Known(
                    fetch(credentials)
                            .onComplete(done -> usableUntil.set(System.nanoTime()
                                    + (done.succeeded() ? use(done.result().life()) : AFTER_FAILURE).toNanos())),
                    usableUntil);
            known.put(credentials, cached);
        }
        return cached.token().map(Token::authorization);
    }

    /**
     * Records that a receiver refused the token.
     *
     * @param authorization the refused value; a token that was fetched meanwhile is kept
     */
    public void forget(ClientCredentials credentials, String authorization) {
        Known cached = known.get(credentials);
        if (cached != null
                && cached.token().succeeded()
                && cached.token().result().authorization().equals(authorization)) {
            known.remove(credentials);
        }
    }

    private static Duration use(Duration life) {
        Duration half = life.dividedBy(2);
        return life.minus(half.compareTo(MARGIN) < 0 ? half : MARGIN);
    }

    /** Ends in time, whatever the server does; every failure is a {@link NoToken}. */
    private Future<Token> fetch(ClientCredentials credentials) {
        Promise<Token> token = Promise.promise();
        long deadline = vertx.setTimer(
                Math.max(1, timeout.toMillis()), late -> token.tryFail(new NoToken("it did not answer in time")));
        try {
            Endpoint endpoint = Endpoint.of(credentials.tokenUrl());
            resolver.resolve(endpoint.host())
                    .onSuccess(resolution ->
                            context.runOnContext(ignored -> resolved(endpoint, resolution, credentials, token)));
        } catch (RuntimeException e) { // Vert.x is closing
            token.tryFail(NoToken.because(e));
        }
        return token.future().onComplete(done -> vertx.cancelTimer(deadline));
    }

    private void resolved(
            Endpoint endpoint, Resolution resolution, ClientCredentials credentials, Promise<Token> token) {
        switch (resolution) {
            case Resolution.Open open -> connect(endpoint, open.addresses(), credentials, token, Resends.NONE);
            case Resolution.Blocked blocked ->
                token.tryFail(
                        new NoToken("its address " + blocked.address().getHostAddress() + " must not be reached"));
            case Resolution.Unknown() -> token.tryFail(new NoToken("its host name has no address"));
            case Resolution.Late() -> token.tryFail(new NoToken("its host name was not looked up in time"));
        }
    }

    private void connect(
            Endpoint endpoint,
            List<InetAddress> addresses,
            ClientCredentials credentials,
            Promise<Token> token,
            Resends resends) {
        if (token.future().isComplete()) {
            return;
        }
        try {
            connector
                    .open(HttpMethod.POST, endpoint, addresses, Optional.empty(), timeout)
                    .onFailure(failure -> token.tryFail(NoToken.because(failure)))
                    .onSuccess(
                            opened -> ask(opened.request(), credentials, token).onFailure(failure -> {
                                if (opened.requiresHttp1(failure)) {
                                    connector.requireHttp1(endpoint);
                                    connect(endpoint, addresses, credentials, token, resends);
                                    return;
                                }
                                Resend again = resends.after(opened.isUnprocessed(failure), opened.isStale(failure));
                                if (again == null) {
                                    token.tryFail(NoToken.because(failure));
                                } else if (again.waitMillis() == 0) {
                                    connect(endpoint, addresses, credentials, token, again.counted());
                                } else {
                                    vertx.setTimer(
                                            again.waitMillis(),
                                            over -> connect(endpoint, addresses, credentials, token, again.counted()));
                                }
                            }));
        } catch (RuntimeException e) { // no request can be made for that URL
            token.tryFail(NoToken.because(e));
        }
    }

    /** @return fails when no answer has begun */
    private static Future<HttpClientResponse> ask(
            HttpClientRequest request, ClientCredentials credentials, Promise<Token> token) {
        token.future().onFailure(failure -> request.reset()); // also when it answers byte by byte, for ever
        if (token.future().isComplete()) {
            return Future.failedFuture("too late");
        }
        request.exceptionHandler(ignored -> {}); // its answer fails too
        String form = "grant_type=client_credentials"
                + credentials.scope().map(scope -> "&scope=" + encoded(scope)).orElse("");
        String pair = encoded(credentials.clientId()) + ':' + encoded(credentials.clientSecret());
        request.putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
                .putHeader(HttpHeaders.ACCEPT, "application/json")
                .putHeader(
                        HttpHeaders.AUTHORIZATION,
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
        return request.send(Buffer.buffer(form)).onSuccess(answer -> read(answer, token));
    }

    /** As much as a token needs, no more. */
    private static void read(HttpClientResponse answer, Promise<Token> token) {
        Buffer read = Buffer.buffer();
        answer.exceptionHandler(failure -> token.tryFail(NoToken.because(failure)));
        answer.endHandler(ended -> {
            switch (TokenAnswer.read(answer.statusCode(), read.getBytes())) {
                case Token given -> token.tryComplete(given);
                case TokenAnswer.None none -> token.tryFail(new NoToken(none.why()));
            }
        });
        answer.handler(chunk -> {
            if (read.length() + chunk.length() <= MAX_ANSWER) {
                read.appendBuffer(chunk);
            } else {
                token.tryFail(new NoToken("it answered " + answer.statusCode() + " with more than a token needs"));
            }
        });
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Why there is none, in words without secrets. */
    static final class NoToken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoToken(String why) {
            super("no access token: the authorization server: " + why, null, false, false);
        }

        static NoToken because(Throwable cause) {
            return cause instanceof NoToken known ? known : new NoToken(FailureText.of(cause));
        }
    }
}
