package nexus.subscription;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.TargetCredentials;

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

    public static final int DEFAULT_CONCURRENCY = 32;
    public static final String FORMAT = "default";
    public static final String TARGET_TYPE = "WEBHOOK";

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

    /** Callers may write it in any case. */
    public static String targetType(String text, String pointer) {
        if (!text.equalsIgnoreCase(TARGET_TYPE)) {
            throw new Refusal.Invalid(pointer, "must be \"" + TARGET_TYPE + "\"");
        }
        return TARGET_TYPE;
    }

    /**
     * Equal for two subscriptions that would send the same events to the same place. Each text goes in with its length
     * before it, so that no two lists look alike.
     */
    public byte[] sameness() {
        return sameness(endpointUrl.toString(), eventTypes.stream().map(TypePattern::value));
    }

    public static byte[] sameness(String endpointUrl, Stream<String> eventTypes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.concat(
                        Stream.of(endpointUrl, FORMAT, TARGET_TYPE),
                        eventTypes.distinct().sorted())
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .forEach(text -> {
                    all.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                            .putInt(text.length)
                            .array());
                    all.writeBytes(text);
                });
        return all.toByteArray();
    }

    /** Headers and secret may be credentials and stay out. */
    @Override
    public String toString() {
        return "SubscriptionSettings[name=" + name + "]";
    }
}
