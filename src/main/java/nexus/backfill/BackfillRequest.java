package nexus.backfill;

import java.util.Optional;
import java.util.UUID;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.backfill.condition.Condition;
import nexus.subscription.listener.TableName;

/** The body of {@code POST /v1/backfills}. */
record BackfillRequest(UUID subscriptionId, TableName table, Condition condition, Optional<Integer> rateLimit) {
    private static final int MOST_PER_SECOND = 100_000;

    static BackfillRequest read(JsonBody body) {
        body.require("subscriptionId", "table");
        Optional<UUID> subscription = body.parsed("subscriptionId", 36, Ids::uuid);
        Optional<TableName> table = body.parsed("table", TableName.MAX_CHARACTERS, TableName::parse);
        Optional<Condition> condition = body.parsed("where", Condition.MAX_CHARACTERS, Condition::parse);
        Optional<Integer> rateLimit = body.integer("rateLimit", 1, MOST_PER_SECOND);
        body.check();
        return new BackfillRequest(
                subscription.orElseThrow(), table.orElseThrow(), condition.orElse(Condition.NONE), rateLimit);
    }
}
