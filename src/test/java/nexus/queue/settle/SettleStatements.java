package nexus.queue.settle;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class SettleStatements {
    public static final Map<String, String> ALL = Map.of(
            "settle", SettlementStatements.SETTLE.text(),
            "settle-delivered", SettlementStatements.DELIVERED.text(),
            "settle-run", SettlementStatements.DELIVERED_PACKED.text(),
            "settle-unfold", SettlementStatements.UNPACK.text());

    private SettleStatements() {}
}
