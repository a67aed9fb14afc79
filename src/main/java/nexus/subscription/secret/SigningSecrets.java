package nexus.subscription.secret;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import nexus.event.EventBody;
import nexus.refusal.Refusal;

/**
 * The secrets that sign the deliveries of one subscription.
 *
 * @param previous replaced by rotations, newest first; some may have ended
 */
public record SigningSecrets(SigningSecret current, List<PreviousSecret> previous) {
    /** Receivers try each of them. */
    private static final int MAX = 10;

    public SigningSecrets {
        previous = List.copyOf(previous);
    }

    public static SigningSecrets of(SigningSecret current) {
        return new SigningSecrets(current, List.of());
    }

    /** The HMAC keys that sign now, newest first. */
    public List<byte[]> keys(Instant now) {
        return previous.isEmpty()
                ? List.of(current.key())
                : Stream.concat(
                                Stream.of(current),
                                previous.stream()
                                        .filter(secret -> secret.signsAt(now))
                                        .map(PreviousSecret::secret))
                        .distinct()
                        .map(SigningSecret::key)
                        .toList();
    }

    /** Another current secret; those of rotations keep their time. */
    public SigningSecrets with(SigningSecret other) {
        return new SigningSecrets(other, previous);
    }

    /**
     * The secrets after a rotation.
     *
     * @param until the current one signs too; not after {@code now}: it ends now
     * @throws Refusal.Conflict when too many would sign: none ends before the time that was promised for it
     */
    public SigningSecrets rotated(SigningSecret next, Instant now, Instant until) {
        List<PreviousSecret> signing = Stream.concat(Stream.of(new PreviousSecret(current, until)), previous.stream())
                .filter(secret -> secret.signsAt(now))
                .toList();
        if (signing.size() >= MAX) {
            Instant soonest = previous.stream()
                    .map(PreviousSecret::until)
                    .filter(now::isBefore)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            throw new Refusal.Conflict(
                    "too-many-secrets",
                    MAX + " secrets sign already, each until the time promised for it. The next one ends at "
                            + EventBody.timestamp(soonest) + ".");
        }
        return new SigningSecrets(next, signing);
    }

    @Override
    public String toString() {
        return "SigningSecrets[redacted]";
    }
}
