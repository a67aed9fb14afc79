package nexus.queue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deliveries of one lane and day that go into history as one row, {@code delivery_run}. All of them were made at the first
 * attempt, and none is one of Nexus's own events.
 *
 * @param deliveries by rising seq
 */
record SentRun(LocalDate day, int lane, List<Outcome.Sent> deliveries) {
    /** Below it a statement of its own costs more than rows. Reads rely on it, too: so many are at least in a run. */
    private static final int SHORTEST = 32;
    /** What fits into a page of 8 KB, when the answers are empty. */
    private static final int LONGEST = 160;
    /** As the table demands: so that a seq, or a moment, is looked for in few runs. */
    private static final long SEQS = 4096;

    private static final long SECONDS = 60;

    private static final Comparator<Outcome.Sent> BY_SEQ =
            Comparator.comparingLong(outcome -> outcome.delivery().seq());

    private record Place(LocalDate day, int lane) {}

    /**
     * The runs among these deliveries. What fits into none, as it is one of few, was retried, or comes long after its
     * neighbours, stays a row of its own.
     */
    static List<SentRun> among(List<Outcome.Sent> outcomes) {
        if (outcomes.size() < SHORTEST) {
            return List.of();
        }
        Map<Place, List<Outcome.Sent>> byPlace = new LinkedHashMap<>();
        for (Outcome.Sent outcome : outcomes) {
            OwedDelivery delivery = outcome.delivery();
            if (delivery.attempts() == 0 && !delivery.own() && outcome.made().statusCode() != null) {
                byPlace.computeIfAbsent(new Place(delivery.eventDay(), delivery.lane()), place -> new ArrayList<>())
                        .add(outcome);
            }
        }
        List<SentRun> runs = new ArrayList<>();
        byPlace.forEach((place, all) -> addRuns(place, all, runs));
        return runs;
    }

    private static void addRuns(Place place, List<Outcome.Sent> all, List<SentRun> runs) {
        if (all.size() < SHORTEST) {
            return;
        }
        long newest = all.stream().max(BY_SEQ).orElseThrow().delivery().seq();
        Instant latest = all.stream()
                .map(outcome -> outcome.made().at())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        List<Outcome.Sent> near = all.stream()
                .filter(outcome -> outcome.delivery().seq() > newest - SEQS
                        && !outcome.made().at().isBefore(latest.minusSeconds(SECONDS)))
                .sorted(BY_SEQ)
                .toList();
        if (near.size() < SHORTEST) {
            return;
        }
        int count = Math.ceilDiv(near.size(), LONGEST);
        for (int i = 0; i < count; i++) {
            runs.add(new SentRun(
                    place.day, place.lane, near.subList(near.size() * i / count, near.size() * (i + 1) / count)));
        }
    }
}
