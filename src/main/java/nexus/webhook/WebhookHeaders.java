package nexus.webhook;

import io.vertx.core.http.HttpHeaders;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import nexus.shape.Parcel;
import nexus.target.WebhookTarget;
import nexus.target.credential.Ed25519Key;
import nexus.trace.AttemptSpan;
import nexus.trace.Traceparent;
import org.jspecify.annotations.Nullable;

/** Writes the headers of a webhook. Not for two threads at once, as the signer is not. */
final class WebhookHeaders {
    private static final CharSequence ID = HttpHeaders.createOptimized("webhook-id");
    private static final CharSequence TIMESTAMP = HttpHeaders.createOptimized("webhook-timestamp");
    private static final CharSequence SIGNATURE = HttpHeaders.createOptimized("webhook-signature");
    private static final CharSequence BODY_SIGNATURE = HttpHeaders.createOptimized("X-Signature");
    private static final CharSequence ATTEMPT = HttpHeaders.createOptimized("X-Delivery-Attempt");
    private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");

    private final CharSequence userAgent;
    private final Clock clock;
    private final RandomGenerator traceIds;
    private final WebhookSigner signer = new WebhookSigner();

    /** @param random seeds the trace ids, which must be unique but may be guessable */
    WebhookHeaders(String version, Clock clock, RandomGenerator random) {
        this.userAgent = HttpHeaders.createOptimized("nexus/" + version);
        this.clock = clock;
        this.traceIds = new SplittableRandom(random.nextLong());
    }

    /**
     * Writes the headers.
     *
     * @param attempt its number, from 1
     * @param authorization empty text when the request carries no credentials
     * @param span of this request; null when it is not traced
     * @param put takes each name and value once
     * @throws IllegalArgumentException if a subscriber's header is none
     */
    void write(
            Outgoing outgoing,
            int attempt,
            String authorization,
            @Nullable AttemptSpan span,
            BiConsumer<CharSequence, CharSequence> put) {
        switch (outgoing) {
            case Outgoing.Signed signed -> write(signed.target(), signed.parcel(), attempt, authorization, span, put);
            case Outgoing.Unsigned unsigned -> {
                put.accept(HttpHeaders.CONTENT_TYPE, unsigned.contentType());
                put.accept(HttpHeaders.USER_AGENT, userAgent);
                put.accept(TRACEPARENT, span == null ? traceparent() : span.traceparent());
                if (!authorization.isEmpty()) {
                    put.accept(HttpHeaders.AUTHORIZATION, authorization);
                }
            }
        }
    }

    private void write(
            WebhookTarget target,
            Parcel parcel,
            int attempt,
            String authorization,
            @Nullable AttemptSpan span,
            BiConsumer<CharSequence, CharSequence> put) {
        Map<String, String> ofRequest = parcel.request().headers();
        target.headers().forEach((name, value) -> {
            if (ofRequest.isEmpty() || ofRequest.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
                own(name, value, authorization, put);
            }
        });
        ofRequest.forEach((name, value) -> own(name, value, authorization, put));
        List<byte[]> keys = target.keys();
        byte[] body = parcel.body().getBytes();
        String id = parcel.idText();
        String timestamp = Long.toString(clock.millis() / 1000);
        if (parcel.request().hasBody()) {
            put.accept(HttpHeaders.CONTENT_TYPE, parcel.contentType());
        }
        put.accept(HttpHeaders.USER_AGENT, userAgent);
        put.accept(ID, id);
        put.accept(TIMESTAMP, timestamp);
        put.accept(SIGNATURE, signature(target, id, timestamp, body));
        parcel.forEachHeader(put);
        put.accept(BODY_SIGNATURE, signer.bodySignature(keys.getFirst(), body));
        put.accept(ATTEMPT, Integer.toString(attempt));
        put.accept(TRACEPARENT, span == null ? traceparent() : span.traceparent());
        if (!authorization.isEmpty()) {
            put.accept(HttpHeaders.AUTHORIZATION, authorization);
        }
    }

    /** A header of the subscriber. No other name is one of Nexus's own. */
    private static void own(
            String name, String value, String authorization, BiConsumer<CharSequence, CharSequence> put) {
        if (authorization.isEmpty() || !name.equalsIgnoreCase("authorization")) {
            put.accept(name, value);
        }
    }

    private String signature(WebhookTarget target, String id, String timestamp, byte[] body) {
        String symmetric = signer.signature(target.keys(), id, timestamp, body);
        Optional<Ed25519Key> key = target.access().signer();
        return key.isEmpty()
                ? symmetric
                : symmetric + ' ' + key.get().signature(WebhookSigner.prefix(id, timestamp), body);
    }

    /**
     * A trace of its own for each attempt that is not traced here. It says "sampled", because receivers follow that flag,
     * and without it their own spans would be lost.
     */
    private String traceparent() {
        HexFormat hex = HexFormat.of();
        return Traceparent.sampled(
                hex.toHexDigits(traceIds.nextLong()) + hex.toHexDigits(nonZero()), hex.toHexDigits(nonZero()));
    }

    private long nonZero() {
        return Math.max(1, traceIds.nextLong() & Long.MAX_VALUE);
    }
}
