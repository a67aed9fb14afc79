package nexus.subscription.secret;

import java.time.Instant;

/** A secret that was replaced by a rotation: it signs too until the time that was promised then. */
public record PreviousSecret(SigningSecret secret, Instant until) {
    public boolean signsAt(Instant now) {
        return now.isBefore(until);
    }
}
