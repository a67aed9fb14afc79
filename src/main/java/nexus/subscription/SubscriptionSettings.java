package nexus.subscription;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nexus.event.TypePattern;

/** What a caller decides about a subscription; each of it can be changed later. See {@link Subscription}. */
public record SubscriptionSettings(
        String name,
        URI endpointUrl,
        List<TypePattern> eventTypes,
        Map<String, String> headers,
        SigningSecret secret,
        boolean ordered,
        int concurrency,
        Optional<Integer> rateLimit,
        RetrySettings retry,
        Set<Integer> deadOn,
        boolean isEnabled,
        TargetCredentials credentials) {

    static final int DEFAULT_CONCURRENCY = 32;
    static final String FORMAT = "default";
    static final String TARGET_TYPE = "webhook";

    public SubscriptionSettings {
        eventTypes = List.copyOf(eventTypes);
        headers = Map.copyOf(headers);
        deadOn = Set.copyOf(deadOn);
    }

    /** For a target that asks for nothing beyond an HMAC signature. */
    public SubscriptionSettings(
            String name,
            URI endpointUrl,
            List<TypePattern> eventTypes,
            Map<String, String> headers,
            SigningSecret secret,
            boolean ordered,
            int concurrency,
            Optional<Integer> rateLimit,
            RetrySettings retry,
            Set<Integer> deadOn,
            boolean isEnabled) {
        this(
                name,
                endpointUrl,
                eventTypes,
                headers,
                secret,
                ordered,
                concurrency,
                rateLimit,
                retry,
                deadOn,
                isEnabled,
                TargetCredentials.NONE);
    }

    /** What is asked for when only the necessary is said. */
    public static SubscriptionSettings of(
            String name, URI endpointUrl, List<TypePattern> eventTypes, SigningSecret secret) {
        return new SubscriptionSettings(
                name,
                endpointUrl,
                eventTypes,
                Map.of(),
                secret,
                true,
                DEFAULT_CONCURRENCY,
                Optional.empty(),
                RetrySettings.DEFAULT,
                Set.of(),
                true);
    }

    /**
     * Equal for two subscriptions that would send the same events to the same place. Each text goes in with its length
     * before it, so that no two lists look alike.
     */
    byte[] fingerprint() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.concat(
                        Stream.of(endpointUrl.toString(), FORMAT, TARGET_TYPE),
                        eventTypes.stream().map(TypePattern::value).distinct().sorted())
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .forEach(text -> {
                    all.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                            .putInt(text.length)
                            .array());
                    all.writeBytes(text);
                });
        try {
            return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Headers and secret may be credentials and stay out. */
    @Override
    public String toString() {
        return "SubscriptionSettings[name=" + name + "]";
    }
}
