package nexus.preview;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.Described;
import nexus.webhook.WebhookSigner;

/**
 * Whether a signature belongs to a delivery, and if not, why not.
 *
 * @param reason in words
 */
@RegisterForReflection
record SignatureCheck(boolean valid, String reason) {
    /** What receivers that use the libraries of Standard Webhooks accept. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    /**
     * What a receiver got.
     *
     * @param id header {@code webhook-id}; empty: that of the request
     * @param timestamp header {@code webhook-timestamp}
     * @param signature header {@code webhook-signature}
     * @param body empty: that of the request
     */
    record Received(Optional<String> id, String timestamp, String signature, Optional<String> body) {
        /** The body stays out of logs. */
        @Override
        public String toString() {
            return "Received[redacted]";
        }
    }

    static SignatureCheck of(Received received, Described sent, SigningSecrets secrets, Instant now) {
        byte[] sentBody = sent.body().getBytes();
        String sentText = sent.body().toString(StandardCharsets.UTF_8);
        Optional<String> other = received.body().filter(body -> !body.equals(sentText));
        byte[] body = other.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(sentBody);
        String id = received.id().orElseGet(() -> sent.headers().getOrDefault("webhook-id", ""));
        List<byte[]> keys = secrets.keys(now);
        int key = matching(keys, id, received, body);
        String difference = other.map(text -> " The body differs from the one that is sent now, from character "
                        + (firstDifference(text, sentText) + 1) + " on.")
                .orElse("");
        if (key < 0) {
            boolean fitsSent = other.isPresent() && matching(keys, id, received, sentBody) >= 0;
            return new SignatureCheck(
                    false,
                    fitsSent
                            ? "The signature is right for the body that was sent, but the receiver verifies another one."
                                    + difference + " It has to verify the bytes as they arrive, before they are parsed."
                            : "No secret of the subscription makes this signature of this id, timestamp and body."
                                    + difference);
        }
        return new SignatureCheck(
                true,
                (key == 0
                                ? "The signature was made with the current secret."
                                : "The signature was made with a secret that was replaced and still signs.")
                        + difference
                        + age(received.timestamp(), now));
    }

    /** The index of the key that made one of the signatures; -1 when none did. */
    private static int matching(List<byte[]> keys, String id, Received received, byte[] body) {
        WebhookSigner signer = new WebhookSigner();
        for (int i = 0; i < keys.size(); i++) {
            if (signer.verifies(keys.get(i), id, received.timestamp(), body, received.signature())) {
                return i;
            }
        }
        return -1;
    }

    private static int firstDifference(String one, String other) {
        int at = 0;
        while (at < one.length() && at < other.length() && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }

    private static String age(String timestamp, Instant now) {
        try {
            Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now);
            return age.abs().compareTo(TOLERANCE) > 0
                    ? " Its timestamp is " + age.abs().toMinutes() + " minutes " + (age.isNegative() ? "ahead" : "old")
                            + "; receivers refuse more than 5 minutes."
                    : "";
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return "";
        }
    }
}
