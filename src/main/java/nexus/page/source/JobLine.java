package nexus.page.source;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A replay or backfill as a line of a table. */
final class JobLine {
    private JobLine() {}

    /** @param kind {@code replays} or {@code backfills} */
    static Map<String, @Nullable Object> of(String kind, Map<String, @Nullable Object> job) {
        Map<String, @Nullable Object> line = new HashMap<>();
        String state = String.valueOf(job.get("state"));
        long done = number(job.get("done"));
        Object total = job.get("total");
        line.put("kind", kind);
        line.put("id", job.get("id"));
        line.put("state", state);
        line.put("subscriptionId", job.get("subscriptionId"));
        line.put("what", kind.equals("backfills") ? String.valueOf(job.get("table")) : "events" + since(job));
        line.put("done", done);
        line.put("skipped", number(job.get("skipped")));
        line.put("hasTotal", total != null);
        line.put("total", number(total));
        line.put("share", share(done + number(job.get("skipped")), number(total), state));
        line.put("error", job.get("error") == null ? "" : String.valueOf(job.get("error")));
        line.put("createdAt", String.valueOf(job.get("createdAt")));
        line.put("rateLimit", job.get("rateLimit") == null ? "" : String.valueOf(job.get("rateLimit")));
        line.put("mayPause", state.equals("running"));
        line.put("mayResume", state.equals("paused"));
        line.put("mayCancel", state.equals("running") || state.equals("paused"));
        return line;
    }

    private static String since(Map<String, @Nullable Object> job) {
        String from = job.get("since") == null ? "" : " since " + job.get("since");
        return job.get("until") == null ? from : from + " until " + job.get("until");
    }

    /** Of a hundred. */
    static long share(long done, long total, String state) {
        if (state.equals("done")) {
            return 100;
        }
        return total <= 0 ? 0 : Math.min(99, done * 100 / total);
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? new BigDecimal(number.toString()).longValue() : 0;
    }
}
