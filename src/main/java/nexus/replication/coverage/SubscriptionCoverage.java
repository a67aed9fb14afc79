package nexus.replication.coverage;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import nexus.event.Operation;
import nexus.notation.Sha256;
import nexus.replication.coverage.LossWarnings.Lost;
import nexus.replication.table.Leaf;
import nexus.subscription.warning.Warning;

/**
 * The wanted changes that one subscription does not receive.
 *
 * @param fingerprint hash of all losses without their wording, so that only a different loss counts as a change
 * @param losses the first losses, in the form of events and responses
 * @param more the number of losses that are left out
 */
record SubscriptionCoverage(String fingerprint, JsonArray losses, int more) {
    /** A wildcard may match thousands of tables with the same problem. */
    private static final int SHOWN = 20;

    private static final int HASH_DIGITS = 32;

    static SubscriptionCoverage of(List<Lost> lost) {
        JsonArray losses = new JsonArray();
        lost.stream().limit(SHOWN).forEach(one -> losses.add(json(one)));
        return new SubscriptionCoverage(fingerprintOf(lost), losses, Math.max(0, lost.size() - SHOWN));
    }

    boolean isComplete() {
        return losses.isEmpty();
    }

    private static JsonObject json(Lost lost) {
        Loss loss = lost.loss();
        return new JsonObject()
                .put("code", lost.warning().code())
                .put("table", loss.table().toString())
                .put("partitions", partitions(loss, SHOWN))
                .put("operations", operations(loss))
                .put("detail", lost.warning().detail())
                .put("fix", lost.warning().fix());
    }

    private static JsonArray partitions(Loss loss, int most) {
        List<String> names = loss.table().isPartitioned()
                ? loss.leaves().stream().limit(most).map(Leaf::toString).toList()
                : List.of();
        return new JsonArray(new ArrayList<>(names));
    }

    private static JsonArray operations(Loss loss) {
        List<String> names =
                loss.operations().stream().sorted().map(Operation::segment).toList();
        return new JsonArray(new ArrayList<>(names));
    }

    private static String fingerprintOf(List<Lost> lost) {
        List<String> lines = lost.stream()
                .map(one -> one.warning().code() + " " + one.loss().failsWrites() + " "
                        + one.loss().table() + " " + partitions(one.loss(), Integer.MAX_VALUE) + " "
                        + operations(one.loss()))
                .sorted()
                .toList();
        return Sha256.hex(String.join("\n", lines)).substring(0, HASH_DIGITS);
    }

    /** Converts the losses of a stored row to the form of a response. */
    static List<Warning> warnings(JsonArray losses) {
        List<Warning> warnings = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            JsonObject loss = losses.getJsonObject(i);
            warnings.add(
                    new Warning(loss.getString("code", ""), loss.getString("detail", ""), loss.getString("fix", "")));
        }
        return warnings;
    }
}
