package nexus.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.webhook.TargetAccess;

/**
 * Which events go where.
 *
 * @param lane the number under which its deliveries are kept; never used again
 * @param headers sent with every delivery; may carry credentials
 * @param ordered {@code ordering: key}
 * @param concurrency requests under way at once, over all processes
 * @param rateLimit requests a second at most, over all processes; empty: no limit
 * @param deadOn status codes after which there is no other attempt
 * @param credentials what its target asks for beyond an HMAC signature
 * @param previousSecret during a rotation
 * @param heldUntil a Retry-After of the endpoint
 * @param health as it was when this was read: whoever delivers knows better
 */
public record Subscription(
        UUID id,
        int lane,
        Door door,
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
        Optional<String> disabledReason,
        Optional<Instant> heldUntil,
        EndpointHealth health,
        Instant createdAt,
        Instant updatedAt,
        TargetCredentials credentials,
        Optional<PreviousSecret> previousSecret) {

    public Subscription {
        eventTypes = List.copyOf(eventTypes);
        headers = Map.copyOf(headers);
        deadOn = Set.copyOf(deadOn);
    }

    /** The HMAC keys that sign now, newest first. */
    public List<byte[]> signingKeys(Instant now) {
        return previousSecret.isEmpty() || !now.isBefore(previousSecret.get().until())
                ? List.of(secret.key())
                : List.of(secret.key(), previousSecret.get().secret().key());
    }

    /** For the sender. */
    public TargetAccess access() {
        return credentials.access();
    }

    public boolean wants(EventType type) {
        if (!isEnabled) {
            return false;
        }
        for (TypePattern pattern : eventTypes) { // no stream: all subscriptions are asked about each new type
            if (pattern.matches(type)) {
                return true;
            }
        }
        return false;
    }

    /** The part of it that a caller decides. */
    public SubscriptionSettings settings() {
        return new SubscriptionSettings(
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
                credentials);
    }

    /** Headers and secret may be credentials and stay out. */
    @Override
    public String toString() {
        return "Subscription[id=" + id + ", lane=" + lane + "]";
    }
}
