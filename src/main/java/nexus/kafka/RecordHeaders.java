package nexus.kafka;

import java.time.Clock;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nexus.shape.Parcel;
import nexus.target.KafkaTarget;
import nexus.trace.Traceparent;
import nexus.webhook.WebhookSigner;

/** The headers of a record: those of a webhook, signed as it is. */
final class RecordHeaders {
    private final String userAgent;
    private final Clock clock;
    private final RandomGenerator random;

    /** @param random seeds the trace ids, which must be unique but may be guessable */
    RecordHeaders(String version, Clock clock, RandomGenerator random) {
        this.userAgent = "nexus/" + version;
        this.clock = clock;
        this.random = random;
    }

    Map<String, String> of(KafkaTarget target, Parcel parcel, int attempt) {
        String id = parcel.idText();
        String timestamp = Long.toString(clock.millis() / 1000);
        byte[] body = parcel.body().getBytes();
        WebhookSigner signer = new WebhookSigner(); // not for two threads at once
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", parcel.contentType().toString());
        headers.put("User-Agent", userAgent);
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", timestamp);
        headers.put("webhook-signature", signer.signature(target.keys(), id, timestamp, body));
        parcel.forEachHeader((name, value) -> headers.put(name.toString(), value.toString()));
        headers.put("X-Signature", signer.bodySignature(target.keys().getFirst(), body));
        headers.put("X-Delivery-Attempt", Integer.toString(attempt));
        headers.put("traceparent", traceparent());
        return headers;
    }

    private String traceparent() {
        SplittableRandom ids = new SplittableRandom(random.nextLong());
        HexFormat hex = HexFormat.of();
        return Traceparent.sampled(
                hex.toHexDigits(ids.nextLong()) + hex.toHexDigits(ids.nextLong() | 1),
                hex.toHexDigits(ids.nextLong() | 1));
    }
}
