package nexus.page.story;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stations of a delivery: from the change in the source to its present state.
 *
 * @param label what happened
 * @param at when; empty for what has not happened yet
 * @param after the time since the station before; empty for the first one
 * @param detail one line; may be empty
 */
public record LifeLine(String label, Optional<Instant> at, Optional<String> after, String detail, Mark mark) {
    /** Attempts that are stations of their own; those between are one station. */
    private static final int MOST_ATTEMPTS = 6;

    /** How a station looks. */
    public enum Mark {
        DONE,
        FAILED,
        WAITING,
        DEAD;

        /** For the style sheet. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The event of the delivery.
     *
     * @param isRowChange whether a row was changed, or else an event published
     * @param createdAt of the commit or the publishing
     * @param storedAt when Nexus stored it
     * @param matched why the subscription receives it
     */
    public record Origin(boolean isRowChange, Instant createdAt, Instant storedAt, String matched) {}

    /**
     * One attempt.
     *
     * @param code of its answer
     * @param error empty when it was delivered
     */
    public record Try(int number, Instant at, Duration took, Optional<Integer> code, Optional<String> error) {
        boolean isDelivered() {
            return error.isEmpty()
                    && code.filter(status -> status >= 200 && status < 300).isPresent();
        }

        private String result() {
            String answer = code.map(status -> "answered " + status)
                    .or(() -> error)
                    .orElse(isDelivered() || error.isEmpty() ? "delivered" : "failed");
            return answer + " after " + Spans.of(took);
        }
    }

    /**
     * The stations.
     *
     * @param owedAt when the delivery was made
     * @param next what happens next, one sentence
     */
    public static List<LifeLine> of(
            Optional<Origin> origin,
            Instant owedAt,
            List<Try> attempts,
            Status status,
            Instant updatedAt,
            String next) {
        List<LifeLine> line = new ArrayList<>();
        Optional<Instant> before = Optional.empty();
        if (origin.isPresent()) {
            Origin from = origin.get();
            line.add(station(from.isRowChange() ? "Changed" : "Published", from.createdAt(), before, "", Mark.DONE));
            before = Optional.of(from.createdAt());
            line.add(station("Stored", from.storedAt(), before, "", Mark.DONE));
            before = Optional.of(from.storedAt());
            line.add(new LifeLine("Matched", Optional.empty(), Optional.empty(), from.matched(), Mark.DONE));
        }
        line.add(station("Owed", owedAt, before, "", Mark.DONE));
        before = Optional.of(owedAt);
        int skipped = Math.max(0, attempts.size() - MOST_ATTEMPTS);
        for (int i = 0; i < attempts.size(); i++) {
            if (i == 1 && skipped > 0) {
                line.add(new LifeLine(
                        "Attempts 2 to " + attempts.get(skipped).number(),
                        Optional.empty(),
                        Optional.empty(),
                        skipped + " more, listed below",
                        Mark.FAILED));
                i = skipped;
                before = Optional.of(attempts.get(i).at());
                continue;
            }
            Try made = attempts.get(i);
            line.add(station(
                    "Attempt " + made.number(),
                    made.at(),
                    before,
                    made.result(),
                    made.isDelivered() ? Mark.DONE : Mark.FAILED));
            before = Optional.of(made.at());
        }
        line.add(
                switch (status) {
                    case SENT -> station("Delivered", updatedAt, before, "", Mark.DONE);
                    case DEAD -> station("Dead", updatedAt, before, next, Mark.DEAD);
                    case PENDING, FAILED -> new LifeLine("Now", Optional.empty(), Optional.empty(), next, Mark.WAITING);
                });
        return line;
    }

    private static LifeLine station(String label, Instant at, Optional<Instant> before, String detail, Mark mark) {
        Optional<String> after = before.filter(earlier -> earlier.isBefore(at))
                .map(earlier -> "+" + Spans.of(Duration.between(earlier, at)));
        return new LifeLine(label, Optional.of(at), after, detail, mark);
    }
}
