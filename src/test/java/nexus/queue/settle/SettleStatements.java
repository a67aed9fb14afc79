package nexus.queue.settle;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class SettleStatements {
    public static final Map<String, String> ALL = Map.of(
            "settle", SettlementStatements.SETTLE,
            "settle-delivered", SettlementStatements.DELIVERED,
            "settle-run", SettlementStatements.DELIVERED_PACKED,
            "settle-unfold", SettlementStatements.UNPACK);

    private SettleStatements() {}
}
