package nexus.inbox;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nexus.inbox.SignatureResult.Sender;
import nexus.inbox.SignatureResult.State;
import org.jspecify.annotations.Nullable;

/**
 * Checks the signature of one request while its body arrives, so that a large body need not be kept.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</a>
 */
final class SignatureCheck {
    /** Standard Webhooks' own libraries refuse a timestamp that is further away. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    /** Each key costs a pass over the body. */
    static final int MAX_KEYS = 8;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String SCHEME = "v1,";

    private final String given;
    private final String timestamp;
    private final List<Keyed> keyed = new ArrayList<>();
    private final Optional<SignatureResult> known;

    private record Keyed(Sender sender, Mac mac) {}

    /** A subscription that may have sent the request. */
    record Candidate(Sender sender, List<byte[]> keys) {
        Candidate {
            keys = List.copyOf(keys);
        }

        /** The keys stay out of logs. */
        @Override
        public String toString() {
            return "Candidate[" + sender.id() + "]";
        }
    }

    private SignatureCheck(String given, String timestamp, Optional<SignatureResult> known) {
        this.given = given;
        this.timestamp = timestamp;
        this.known = known;
    }

    /** @param header the value of a header by its name */
    static SignatureCheck start(Function<String, @Nullable String> header, List<Candidate> candidates) {
        String given = header.apply("webhook-signature");
        String id = header.apply("webhook-id");
        String timestamp = header.apply("webhook-timestamp");
        if (given == null) {
            return over(State.UNSIGNED, "The request has no header webhook-signature.", candidates);
        }
        if (id == null || timestamp == null) {
            return over(
                    State.WRONG,
                    "The request has no header " + (id == null ? "webhook-id" : "webhook-timestamp")
                            + ", which is part of what is signed.",
                    candidates);
        }
        if (candidates.isEmpty()) {
            return over(
                    State.UNKNOWN,
                    "No subscription of this Nexus sends to this inbox, so its secret is not known here.",
                    candidates);
        }
        SignatureCheck check = new SignatureCheck(given, timestamp, Optional.empty());
        byte[] prefix = (id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8);
        for (Candidate candidate : candidates) {
            for (byte[] key : candidate.keys()) {
                if (check.keyed.size() < MAX_KEYS) {
                    Mac mac = mac(key);
                    mac.update(prefix);
                    check.keyed.add(new Keyed(candidate.sender(), mac));
                }
            }
        }
        return check;
    }

    private static SignatureCheck over(State state, String detail, List<Candidate> candidates) {
        Optional<Sender> sender =
                candidates.size() == 1 ? Optional.of(candidates.getFirst().sender()) : Optional.empty();
        return new SignatureCheck("", "", Optional.of(new SignatureResult(state, detail, sender)));
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM + ", which takes any key", e);
        }
    }

    /** The next part of the body. */
    void update(byte[] part) {
        keyed.forEach(each -> each.mac().update(part));
    }

    /** Called once, after the last part. */
    SignatureResult finish(Instant now) {
        if (known.isPresent()) {
            return known.get();
        }
        Optional<Sender> signer = Optional.empty();
        for (Keyed each : keyed) {
            byte[] expected = (SCHEME
                            + Base64.getEncoder().encodeToString(each.mac().doFinal()))
                    .getBytes(StandardCharsets.US_ASCII);
            if (signer.isEmpty() && isAmongGiven(expected)) {
                signer = Optional.of(each.sender());
            }
        }
        if (signer.isEmpty()) {
            boolean isOne = keyed.stream().map(Keyed::sender).distinct().count() == 1;
            return new SignatureResult(
                    State.WRONG,
                    isOne
                            ? "The signature was made with another secret than that of the subscription, or for another body."
                            : "The signature was made with no secret of the subscriptions that send here, or for another body.",
                    isOne ? Optional.of(keyed.getFirst().sender()) : Optional.empty());
        }
        return isRecent(now)
                ? new SignatureResult(
                        State.VERIFIED, "Signed with the secret of the subscription, for exactly this body.", signer)
                : new SignatureResult(
                        State.WRONG,
                        "The secret and the body fit, but webhook-timestamp is more than five minutes away from now.",
                        signer);
    }

    private boolean isAmongGiven(byte[] expected) {
        for (String signature : given.split(" ", -1)) {
            if (MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8))) {
                return true;
            }
        }
        return false;
    }

    private boolean isRecent(Instant now) {
        return timestamp.matches("[0-9]{1,12}")
                && Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now)
                                .abs()
                                .compareTo(TOLERANCE)
                        <= 0;
    }
}
