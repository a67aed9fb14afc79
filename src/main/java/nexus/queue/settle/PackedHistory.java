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
 * Deliveries of one lane and day that are stored in history as one row of {@code delivery_run}. All were delivered at the
 * first attempt, and none is of one of Nexus's own events.
 *
 * @param deliveries by ascending seq
 */
record PackedHistory(LocalDate day, int lane, List<Outcome.Sent> deliveries) {
    private static final long SECONDS = 60;

    private static final Comparator<Outcome.Sent> BY_SEQ =
            Comparator.comparingLong(outcome -> outcome.delivery().seq());

    private record DayLane(LocalDate day, int lane) {
        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof DayLane of && lane == of.lane && day.equals(of.day);
        }

        @Override
        public int hashCode() {
            return 31 * lane + day.hashCode();
        }
    }

    /** @param apart deliveries that are not packed: too few, retried, or long after their neighbours */
    record Parts(List<PackedHistory> runs, List<Outcome.Sent> apart) {}

    /** The packed rows among these deliveries. */
    static Parts among(List<Outcome.Sent> outcomes) {
        if (outcomes.size() < HistoryRows.SHORTEST) {
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
        if (all.size() < HistoryRows.SHORTEST) {
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
            boolean isNear = outcome.delivery().seq() >= newest - HistoryRows.LONGEST_REACH
                    && !outcome.made().at().isBefore(latest.minusSeconds(SECONDS));
            (isNear ? near : far).add(outcome);
        }
        parts.apart.addAll(far);
        if (near.size() < HistoryRows.SHORTEST) {
            parts.apart.addAll(near);
            return;
        }
        near.sort(BY_SEQ);
        int count = Math.ceilDiv(near.size(), HistoryRows.LONGEST);
        for (int i = 0; i < count; i++) {
            parts.runs.add(new PackedHistory(
                    of.day, of.lane, near.subList(near.size() * i / count, near.size() * (i + 1) / count)));
        }
    }
}
