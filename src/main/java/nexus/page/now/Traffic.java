package nexus.page.now;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the last hour's counts, a point a minute, say: rates of now, shares of the hour, and lines to draw. */
final class Traffic {
    private static final double SECONDS_OF_POINT = 60;

    private Traffic() {}

    /**
     * The figures to show; null for what is not known.
     *
     * @param points of {@code /v1/stats/series}, the oldest first; the last one is not over yet
     */
    static Map<String, @Nullable Object> figures(List<Map<String, Object>> points) {
        Map<String, @Nullable Object> figures = new HashMap<>();
        figures.put("events", null);
        figures.put("deliveries", null);
        figures.put("success", null);
        figures.put("p50", null);
        figures.put("p99", null);
        if (points.size() >= 2) {
            Map<String, Object> latest = points.get(points.size() - 2);
            figures.put("events", number(latest.get("events")) / SECONDS_OF_POINT);
            figures.put("deliveries", number(latest.get("sent")) / SECONDS_OF_POINT);
        }
        long sent =
                points.stream().mapToLong(point -> number(point.get("sent"))).sum();
        long failed = points.stream().mapToLong(Traffic::failed).sum();
        if (sent + failed > 0) {
            figures.put("success", (double) sent / (sent + failed));
        }
        for (Map<String, Object> point : points) {
            if (point.get("p50") != null) {
                figures.put("p50", point.get("p50"));
                figures.put("p99", point.get("p99"));
            }
        }
        return figures;
    }

    static long dead(List<Map<String, Object>> points) {
        return points.stream().mapToLong(point -> number(point.get("dead"))).sum();
    }

    /** Events, deliveries and failed attempts a second, as the script draws them. */
    static String rates(List<Map<String, Object>> points) {
        return chart(
                points,
                new JsonArray()
                        .add(line(
                                points,
                                "events/s",
                                "--muted",
                                "",
                                point -> number(point.get("events")) / SECONDS_OF_POINT))
                        .add(line(
                                points,
                                "delivered/s",
                                "--accent",
                                "",
                                point -> number(point.get("sent")) / SECONDS_OF_POINT))
                        .add(line(points, "failed/s", "--bad", "", point -> failed(point) / SECONDS_OF_POINT)));
    }

    /** Duration of attempts. */
    static String durations(List<Map<String, Object>> points) {
        return chart(
                points,
                new JsonArray()
                        .add(line(points, "p50", "--accent", "ms", point -> point.get("p50")))
                        .add(line(points, "p99", "--warn", "ms", point -> point.get("p99"))));
    }

    private static String chart(List<Map<String, Object>> points, JsonArray series) {
        JsonArray times = new JsonArray();
        points.stream()
                .limit(whole(points))
                .forEach(point ->
                        times.add(Instant.parse(String.valueOf(point.get("at"))).getEpochSecond()));
        return new JsonObject().put("x", times).put("series", series).encode();
    }

    private static JsonObject line(
            List<Map<String, Object>> points,
            String label,
            String colour,
            String unit,
            Function<Map<String, Object>, @Nullable Object> value) {
        JsonArray values = new JsonArray();
        points.stream().limit(whole(points)).forEach(point -> values.add(value.apply(point)));
        return new JsonObject()
                .put("label", label)
                .put("colour", colour)
                .put("unit", unit)
                .put("values", values);
    }

    /** The last point grows until its minute is over, and would look like a fall. */
    private static long whole(List<Map<String, Object>> points) {
        return Math.max(0, points.size() - 1L);
    }

    private static long failed(Map<String, Object> point) {
        return point.get("failed") instanceof Map<?, ?> byClass
                ? byClass.values().stream().mapToLong(Traffic::number).sum()
                : number(point.get("failed"));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
