package nexus.delivery.overview;

import java.time.Instant;
import java.util.Optional;
import nexus.delivery.state.DeliveryId;

/**
 * The place of an owed delivery among those of its ordering key.
 *
 * @param attemptsBefore attempts before the last retry by hand
 * @param renewedAt the last retry by hand
 * @param isOrdered whether it has an ordering key
 * @param ahead how many go first, at most {@link #MOST}
 * @param first the first of them, which is sent next
 * @param behind how many wait for it, at most {@link #MOST}
 * @param next the first of those
 */
public record KeyWait(
        int attemptsBefore,
        Optional<Instant> renewedAt,
        boolean isOrdered,
        int ahead,
        Optional<DeliveryId> first,
        int behind,
        Optional<DeliveryId> next) {
    /** A greater number is not counted. */
    public static final int MOST = 1_000;

    /** A delivery that is settled. */
    public static final KeyWait NONE =
            new KeyWait(0, Optional.empty(), false, 0, Optional.empty(), 0, Optional.empty());
}
