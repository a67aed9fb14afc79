package nexus.subscription;

import java.net.URI;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.TargetCredentials;
import nexus.target.credential.TargetAccess;

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
 * @param previousSecrets of rotations, newest first; some may have ended
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
        List<PreviousSecret> previousSecrets) {
    /** As many sign at once at most: receivers try each. */
    static final int MAX_SECRETS = 10;

    public Subscription {
        eventTypes = List.copyOf(eventTypes);
        headers = Map.copyOf(headers);
        deadOn = Set.copyOf(deadOn);
        previousSecrets = List.copyOf(previousSecrets);
    }

    /** The HMAC keys that sign now, newest first. */
    public List<byte[]> signingKeys(Instant now) {
        return previousSecrets.isEmpty()
                ? List.of(secret.key())
                : Stream.concat(
                                Stream.of(secret),
                                previousSecrets.stream()
                                        .filter(previous -> previous.signsAt(now))
                                        .map(PreviousSecret::secret))
                        .distinct()
                        .map(SigningSecret::key)
                        .toList();
    }

    /**
     * What signs beside a new secret.
     *
     * @param until the present one does
     * @throws Refusal.Conflict when that would be too many: none ends before the time that was promised for it
     */
    public List<PreviousSecret> replaced(Instant now, Instant until) {
        List<PreviousSecret> previous = Stream.concat(
                        Stream.of(new PreviousSecret(secret, until)), previousSecrets.stream())
                .filter(secret -> secret.signsAt(now))
                .toList();
        if (previous.size() >= MAX_SECRETS) {
            Instant soonest = previousSecrets.stream()
                    .map(PreviousSecret::until)
                    .filter(now::isBefore)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            throw new Refusal.Conflict(
                    "too-many-secrets",
                    MAX_SECRETS + " secrets sign already, each until the time promised for it. The next one ends at "
                            + EventBody.timestamp(soonest) + ".");
        }
        return previous;
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
