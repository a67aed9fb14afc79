package nexus.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The times in which a subscription was paused or disabled. They do not count towards the age of its deliveries.
 *
 * @param all in ascending order, without overlaps; only the last one may be open
 */
public record Pauses(List<Pause> all) {
    public static final Pauses NONE = new Pauses(List.of());

    /** More are merged: a client may pause and resume without end. */
    static final int MOST = 100;

    /** @param until empty while it lasts */
    public record Pause(Instant from, Optional<Instant> until) {
        public Pause {
            if (until.filter(end -> end.isBefore(from)).isPresent()) {
                throw new IllegalArgumentException("a pause that ends before it begins");
            }
        }
    }

    public Pauses {
        all = List.copyOf(all);
        for (int i = 1; i < all.size(); i++) {
            Optional<Instant> end = all.get(i - 1).until();
            if (end.isEmpty() || all.get(i).from().isBefore(end.get())) {
                throw new IllegalArgumentException("pauses overlap");
            }
        }
    }

    public boolean isOpen() {
        return !all.isEmpty() && all.getLast().until().isEmpty();
    }

    /** A pause begins, unless one lasts already. A clock that jumped back begins it at the end of the last one. */
    public Pauses begun(Instant now) {
        if (isOpen()) {
            return this;
        }
        List<Pause> more = new ArrayList<>(all);
        Instant end = all.isEmpty() ? now : all.getLast().until().orElse(now);
        more.add(new Pause(end.isAfter(now) ? end : now, Optional.empty()));
        return new Pauses(merged(more));
    }

    /** The pause that lasts ends. */
    public Pauses ended(Instant now) {
        if (!isOpen()) {
            return this;
        }
        List<Pause> changed = new ArrayList<>(all);
        Pause last = changed.removeLast();
        if (now.isAfter(last.from())) {
            changed.add(new Pause(last.from(), Optional.of(now)));
        }
        return new Pauses(changed);
    }

    /** The two with the shortest time between them become one, so that deliveries live longer rather than shorter. */
    private static List<Pause> merged(List<Pause> pauses) {
        if (pauses.size() <= MOST) {
            return pauses;
        }
        int closest = 1;
        for (int i = 2; i < pauses.size(); i++) {
            closest = before(pauses, i).compareTo(before(pauses, closest)) < 0 ? i : closest;
        }
        Pause later = pauses.remove(closest);
        pauses.set(closest - 1, new Pause(pauses.get(closest - 1).from(), later.until()));
        return pauses;
    }

    private static Duration before(List<Pause> pauses, int i) {
        Instant end = pauses.get(i - 1).until().orElseThrow();
        return Duration.between(end, pauses.get(i).from());
    }

    /** Deliveries that are owed since an earlier time have reached this age at {@code now}, without the pauses. */
    public Instant owedBefore(Instant now, Duration age) {
        if (all.isEmpty()) {
            return now.minus(age);
        }
        Instant counted = now; // all time from here on is counted
        Duration left = age;
        for (Pause pause : all.reversed()) {
            Instant end = pause.until().orElse(counted);
            Duration between = Duration.between(end, counted);
            if (between.isNegative()) { // it begins or ends in the future: a clock jumped back
                end = counted;
                between = Duration.ZERO;
            }
            if (left.compareTo(between) < 0) {
                return counted.minus(left);
            }
            left = left.minus(between);
            counted = pause.from().isBefore(end) ? pause.from() : end;
        }
        return counted.minus(left);
    }
}
