package nexus.page.now;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.page.Wording;
import org.jspecify.annotations.Nullable;

/**
 * One sentence that answers whether everything is all right.
 *
 * @param level {@code good}, {@code warn} or {@code bad}
 * @param title the worst of it
 * @param detail the rest
 */
record Verdict(String level, String title, String detail) {
    private static final long LONG_WAIT_SECONDS = 300;
    private static final String SEPARATOR = " · ";

    /**
     * @param health as {@code /v1/health} shows it
     * @param troubles as {@code /v1/troubles} shows them; empty when the database does not answer
     */
    static Verdict of(Map<String, Object> health, Map<String, Object> troubles, Instant now) {
        Optional<Verdict> store = ofStore(health);
        return store.orElseGet(() -> ofAll(map(health.get("capture")), troubles, now));
    }

    private static Optional<Verdict> ofStore(Map<String, Object> health) {
        return switch (String.valueOf(health.get("database"))) {
            case "ok" -> Optional.empty();
            case "locked" ->
                Optional.of(
                        new Verdict(
                                "bad",
                                "The store is locked.",
                                "A session of the database prevents events from being stored. Doctor names it. Nothing is lost: changes wait in PostgreSQL's log."));
            default ->
                Optional.of(
                        new Verdict(
                                "bad",
                                "The database does not answer.",
                                "Nexus keeps trying. Nothing is lost meanwhile: changes wait in PostgreSQL's log, and owed deliveries in the store."));
        };
    }

    private static Verdict ofAll(Map<String, Object> capture, Map<String, Object> troubles, Instant now) {
        List<String> bad = new ArrayList<>();
        List<String> warn = new ArrayList<>();
        captureState(capture, bad, warn);
        long failing = number(troubles, "failing");
        long off = disabledByNexus(troubles);
        if (failing > 0) {
            bad.add(Wording.count(failing, "endpoint is failing", "endpoints are failing") + longest(troubles, now));
        }
        if (off > 0) {
            bad.add(Wording.count(off, "subscription was disabled", "subscriptions were disabled") + " by Nexus");
        }
        add(warn, number(troubles, "disabled") - off, "subscription is disabled", "subscriptions are disabled");
        add(warn, number(troubles, "held"), "endpoint asked for time", "endpoints asked for time");
        add(warn, number(troubles, "paused"), "subscription is paused", "subscriptions are paused");
        add(warn, number(troubles, "withDead"), "subscription has dead letters", "subscriptions have dead letters");
        String level = !bad.isEmpty() ? "bad" : !warn.isEmpty() ? "warn" : "good";
        List<String> found = new ArrayList<>(bad);
        found.addAll(warn);
        String title = found.isEmpty() ? "Everything is all right." : found.removeFirst() + ".";
        found.add(owed(troubles));
        found.add(lost(capture));
        slot(capture).ifPresent(found::add);
        return new Verdict(level, title, String.join(SEPARATOR, found));
    }

    private static void captureState(Map<String, Object> capture, List<String> bad, List<String> warn) {
        Map<String, Object> slot = map(capture.get("slot"));
        switch (String.valueOf(capture.get("status"))) {
            case "lost" -> bad.add("The replication slot is lost: row changes are not captured");
            case "blocked" -> bad.add("Capture is blocked: row changes wait in PostgreSQL's log");
            case "connecting" -> warn.add("Capture is connecting to the source");
            case "catching-up" -> warn.add("Capture is catching up");
            default -> {}
        }
        switch (String.valueOf(slot.get("level"))) {
            case "critical" -> bad.add("The replication slot is about to be lost");
            case "warning" -> warn.add("The replication slot holds much WAL back");
            default -> {}
        }
    }

    private static String longest(Map<String, Object> troubles, Instant now) {
        return entries(troubles)
                .filter(trouble -> "failing".equals(trouble.get("reason")))
                .map(trouble -> instant(trouble.get("since")))
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .map(since -> ", " + (number(troubles, "failing") > 1 ? "the longest " : "") + "for "
                        + Wording.duration(Duration.between(since, now)))
                .orElse("");
    }

    private static long disabledByNexus(Map<String, Object> troubles) {
        return entries(troubles)
                .filter(trouble -> "disabled".equals(trouble.get("reason")) && trouble.get("disabledReason") != null)
                .count();
    }

    private static String owed(Map<String, Object> troubles) {
        long owed = number(troubles, "owed");
        long oldest = number(troubles, "oldestDueSeconds");
        return owed == 0
                ? "nothing owed"
                : Wording.count(owed, "delivery owed", "deliveries owed")
                        + (oldest >= LONG_WAIT_SECONDS
                                ? ", the oldest due for " + Wording.duration(Duration.ofSeconds(oldest))
                                : "");
    }

    private static String lost(Map<String, Object> capture) {
        return capture.get("gap") == null ? "nothing lost" : "changes may have been missed: see Source";
    }

    private static Optional<String> slot(Map<String, Object> capture) {
        Map<String, Object> slot = map(capture.get("slot"));
        if (slot.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                slot.get("lostInSeconds") instanceof Number seconds
                        ? "at the present rate the slot is safe for "
                                + Wording.duration(Duration.ofSeconds(seconds.longValue()))
                        : "slot safe");
    }

    private static void add(List<String> found, long count, String one, String many) {
        if (count > 0) {
            found.add(Wording.count(count, one, many));
        }
    }

    private static Stream<Map<String, Object>> entries(Map<String, Object> troubles) {
        return troubles.get("data") instanceof List<?> list ? list.stream().map(Verdict::map) : Stream.empty();
    }

    private static Optional<Instant> instant(@Nullable Object text) {
        try {
            return text instanceof String at ? Optional.of(Instant.parse(at)) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static long number(Map<String, Object> map, String name) {
        return map.get(name) instanceof Number number ? number.longValue() : 0;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
