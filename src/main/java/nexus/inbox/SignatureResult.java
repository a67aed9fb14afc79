package nexus.inbox;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What the check of a signature showed.
 *
 * @param detail for a person
 * @param subscription whose secret made the signature, or whose secret did not
 */
public record SignatureResult(State state, String detail, Optional<Sender> subscription) {
    /** Which kind of result. */
    public enum State {
        /** Made with a secret of the subscription, for exactly this body. */
        VERIFIED,
        /** Made with another secret or for another body, or too old. */
        WRONG,
        /** The request carries no signature. */
        UNSIGNED,
        /** No subscription sends here, so no secret is known. */
        UNKNOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A subscription that sends to an inbox. */
    public record Sender(UUID id, String name) {}

    public boolean isVerified() {
        return state == State.VERIFIED;
    }
}
