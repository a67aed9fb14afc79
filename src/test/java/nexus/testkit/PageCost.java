package nexus.testkit;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import nexus.store.IndexedRead;

/**
 * What one read costs the store, as its server counts it while it runs.
 *
 * @param rows that all its scans have looked at, those included that they left out again
 * @param buffers pages touched, each time anew
 */
public record PageCost(long rows, long buffers, String plan) {
    private static final Pattern NODE = Pattern.compile("\\(actual time=\\S+ rows=(\\S+) loops=(\\d+)\\)");
    private static final Pattern REMOVED =
            Pattern.compile("Rows Removed by (?:Filter|Index Recheck|Join Filter): (\\d+)");
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    /** Runs it. */
    public static PageCost of(Pool pool, IndexedRead read) {
        StringBuilder plan = new StringBuilder();
        IndexedRead explained = new IndexedRead("EXPLAIN (ANALYZE, BUFFERS) " + read.sql(), read.parameters());
        for (Row row : TestPostgres.await(explained.on(pool))) {
            plan.append(row.getString(0)).append('\n');
        }
        return of(plan.toString());
    }

    private static PageCost of(String plan) {
        double rows = 0;
        double loops = 0;
        for (String line : plan.split("\n", -1)) {
            MatchResult node = NODE.matcher(line).results().findFirst().orElse(null);
            if (node != null) {
                loops = Double.parseDouble(node.group(2));
                rows += line.contains("Scan") ? Double.parseDouble(node.group(1)) * loops : 0;
            }
            double each = loops;
            rows += REMOVED.matcher(line)
                    .results()
                    .mapToDouble(removed -> Double.parseDouble(removed.group(1)) * each)
                    .sum();
        }
        long buffers = BUFFERS.matcher(plan)
                .results()
                .findFirst()
                .map(all -> number(all.group(1)) + number(all.group(2)))
                .orElse(0L);
        return new PageCost(Math.round(rows), buffers, plan);
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
