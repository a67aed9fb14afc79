package nexus.queue.settle;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.owed.OwedDelivery;

/**
 * Deliveries of one lane and day that go into history as one row, {@code delivery_run}. All of them were made at the first
 * attempt, and none is one of Nexus's own events.
 *
 * @param deliveries by rising seq
 */
record PackedHistory(LocalDate day, int lane, List<Outcome.Sent> deliveries) {
    /** Below it a statement of its own costs more than rows. Reads rely on it, too: so many are at least in a packed row. */
    static final int SHORTEST = 32;
    /** What fits into a page of 8 KB, when the answers are empty. */
    private static final int LONGEST = 160;
    /** As the table demands: so that a seq, or a moment, is looked for in few packed rows. */
    private static final long SEQS = 4096;

    private static final long SECONDS = 60;

    private static final Comparator<Outcome.Sent> BY_SEQ =
            Comparator.comparingLong(outcome -> outcome.delivery().seq());

    private record DayLane(LocalDate day, int lane) {}

    /** @param apart what fits into none, as it is one of few, was retried, or comes long after its neighbours */
    record Parts(List<PackedHistory> runs, List<Outcome.Sent> apart) {}

    /** The packed rows among these deliveries. */
    static Parts among(List<Outcome.Sent> outcomes) {
        if (outcomes.size() < SHORTEST) {
            return new Parts(List.of(), outcomes);
        }
        Parts parts = new Parts(new ArrayList<>(), new ArrayList<>());
        Map<DayLane, List<Outcome.Sent>> byLane = new LinkedHashMap<>();
        for (Outcome.Sent outcome : outcomes) {
            OwedDelivery delivery = outcome.delivery();
            if (delivery.attempts() == 0 && !delivery.own() && outcome.made().statusCode() != null) {
                byLane.computeIfAbsent(new DayLane(delivery.eventDay(), delivery.lane()), first -> new ArrayList<>())
                        .add(outcome);
            } else {
                parts.apart.add(outcome);
            }
        }
        byLane.forEach((of, all) -> divide(of, all, parts));
        return parts;
    }

    private static void divide(DayLane of, List<Outcome.Sent> all, Parts parts) {
        if (all.size() < SHORTEST) {
            parts.apart.addAll(all);
            return;
        }
        long newest = all.stream().max(BY_SEQ).orElseThrow().delivery().seq();
        Instant latest = all.stream()
                .map(outcome -> outcome.made().at())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        List<Outcome.Sent> near = new ArrayList<>();
        List<Outcome.Sent> far = new ArrayList<>();
        for (Outcome.Sent outcome : all) {
            boolean isNear = outcome.delivery().seq() > newest - SEQS
                    && !outcome.made().at().isBefore(latest.minusSeconds(SECONDS));
            (isNear ? near : far).add(outcome);
        }
        parts.apart.addAll(far);
        if (near.size() < SHORTEST) {
            parts.apart.addAll(near);
            return;
        }
        near.sort(BY_SEQ);
        int count = Math.ceilDiv(near.size(), LONGEST);
        for (int i = 0; i < count; i++) {
            parts.runs.add(new PackedHistory(
                    of.day, of.lane, near.subList(near.size() * i / count, near.size() * (i + 1) / count)));
        }
    }
}
