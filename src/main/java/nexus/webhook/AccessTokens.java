package nexus.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import nexus.webhook.TargetAuth.ClientCredentials;
import nexus.webhook.TargetResolver.Resolution;

/**
 * Tokens of authorization servers, each fetched once and used until shortly before it expires or a receiver answers
 * 401. Who needs one meanwhile waits for the same. Belongs to the sender's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, 4.4</a>
 */
final class AccessTokens {
    private static final int MAX_TOKENS = 1_000;
    private static final int MAX_ANSWER = 64 * 1024;
    private static final Duration LIFE_UNLESS_SAID = Duration.ofMinutes(5);
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);
    private static final Duration MARGIN = Duration.ofSeconds(30);
    /** A server that fails is not asked by every delivery. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final WebhookSender sender;
    private final Map<ClientCredentials, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientCredentials, Known> eldest) {
            return size() > MAX_TOKENS;
        }
    };

    /** @param usableUntil {@link System#nanoTime()}; of no meaning before the answer is there */
    private record Known(Future<String> authorization, AtomicLong usableUntil) {}

    AccessTokens(WebhookSender sender) {
        this.sender = sender;
    }

    /** The value of the header {@code Authorization}; fails with words for the attempt's log. */
    Future<String> authorization(ClientCredentials credentials) {
        Known cached = known.get(credentials);
        long now = System.nanoTime();
        if (cached != null
                && (!cached.authorization().isComplete() || cached.usableUntil().get() - now > 0)) {
            return cached.authorization();
        }
        AtomicLong usableUntil = new AtomicLong(now);
        Future<String> fetched = fetch(credentials, usableUntil);
        known.put(credentials, new Known(fetched, usableUntil));
        return fetched;
    }

    /** A receiver did not take it. */
    void forget(ClientCredentials credentials) {
        Known cached = known.get(credentials);
        if (cached != null && cached.authorization().succeeded()) {
            known.remove(credentials);
        }
    }

    private Future<String> fetch(ClientCredentials credentials, AtomicLong usableUntil) {
        Promise<String> token = Promise.promise();
        long deadline = sender.vertx.setTimer(
                Math.max(1, sender.timeout.toMillis()),
                late -> token.tryFail(new NoToken("it did not answer in time")));
        Target target = Target.of(credentials.tokenUrl());
        sender.resolver
                .resolve(target.host())
                .onSuccess(resolution -> sender.context.runOnContext(ignored -> {
                    switch (resolution) {
                        case Resolution.Open open ->
                            ask(target, open.addresses().getFirst(), credentials)
                                    .map(answer -> read(answer, usableUntil))
                                    .onComplete(done -> {
                                        if (done.succeeded()) {
                                            token.tryComplete(done.result());
                                        } else {
                                            token.tryFail(
                                                    done.cause() instanceof NoToken why
                                                            ? why
                                                            : new NoToken(FailureText.of(done.cause())));
                                        }
                                    });
                        case Resolution.Blocked blocked ->
                            token.tryFail(new NoToken(
                                    "its address " + blocked.address().getHostAddress() + " must not be reached"));
                        case Resolution.Unknown unknown -> token.tryFail(new NoToken("its host name has no address"));
                    }
                }));
        return token.future()
                .onComplete(done -> sender.vertx.cancelTimer(deadline))
                .onFailure(failure -> usableUntil.set(System.nanoTime() + AFTER_FAILURE.toNanos()));
    }

    private Future<Buffer> ask(Target target, InetAddress address, ClientCredentials credentials) {
        RequestOptions options = sender.clients.post(target, address).setTimeout(sender.timeout.toMillis());
        return sender.clients
                .of(target.isTls(), Optional.empty())
                .request(options)
                .compose(request -> {
                    String form = "grant_type=client_credentials"
                            + credentials
                                    .scope()
                                    .map(scope -> "&scope=" + encoded(scope))
                                    .orElse("");
                    String pair = encoded(credentials.clientId()) + ':' + encoded(credentials.clientSecret());
                    request.putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
                            .putHeader(HttpHeaders.ACCEPT, "application/json")
                            .putHeader(
                                    HttpHeaders.AUTHORIZATION,
                                    "Basic "
                                            + Base64.getEncoder()
                                                    .encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
                    return request.send(Buffer.buffer(form)).compose(answer -> whole(request, answer));
                });
    }

    /** As much as a token needs, no more. */
    private static Future<Buffer> whole(HttpClientRequest request, HttpClientResponse answer) {
        if (answer.statusCode() != 200) {
            request.reset();
            return Future.failedFuture(new NoToken("it answered " + answer.statusCode()));
        }
        Promise<Buffer> body = Promise.promise();
        Buffer read = Buffer.buffer();
        answer.exceptionHandler(body::tryFail);
        answer.endHandler(ended -> body.tryComplete(read));
        answer.handler(chunk -> {
            read.appendBuffer(chunk);
            if (read.length() > MAX_ANSWER) {
                request.reset();
                body.tryFail(new NoToken("its answer is too long"));
            }
        });
        return body.future();
    }

    private static String read(Buffer answer, AtomicLong usableUntil) {
        try {
            JsonObject json = answer.toJsonObject();
            if (!(json.getValue("access_token") instanceof String token)
                    || !token.matches("[\\x21-\\x7e]{1,16384}")
                    || !"bearer".equalsIgnoreCase(json.getString("token_type", "bearer"))) {
                throw new NoToken("its answer has no bearer token");
            }
            Number seconds = json.getNumber("expires_in", LIFE_UNLESS_SAID.toSeconds());
            long life = Math.clamp(seconds.longValue(), 0, LONGEST_LIFE.toSeconds());
            usableUntil.set(
                    System.nanoTime() + Duration.ofSeconds(life).minus(MARGIN).toNanos());
            return "Bearer " + token;
        } catch (DecodeException | ClassCastException e) {
            throw new NoToken("its answer is no JSON object of a token");
        }
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
    }
}
