package nexus.queue.override;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class OverrideStatements {
    public static final Map<String, String> ALL = Map.of(
            "lock", DeliveryOverride.LOCK,
            "retry", DeliveryOverride.RETRY,
            "cancel", DeliveryOverride.CANCEL,
            "expire", OwedExpiry.EXPIRE,
            "erase", PayloadErasure.ERASE);

    private OverrideStatements() {}
}
