package nexus.queue.override;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class OverrideStatements {
    public static final Map<String, String> ALL = Map.of(
            "lock", DeliveryOverride.LOCK.text(),
            "retry", DeliveryOverride.RETRY.text(),
            "cancel", DeliveryOverride.CANCEL.text(),
            "expire", OwedExpiry.EXPIRE.text(),
            "erase", PayloadErasure.ERASE.text());

    private OverrideStatements() {}
}
