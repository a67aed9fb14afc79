package nexus.replay;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.filter.EventFields;
import nexus.filter.Filter;
import nexus.filter.Truth;
import nexus.subscription.Subscription;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/** Reads the next stored events of a replay, and decides which of them the subscription would receive now. */
final class ReplayScan {
    private static final int ROWS = 1_000;
    /** Bytes of bodies that are in memory at a time, unless one body alone has more. */
    private static final long MOST_BYTES = 8 << 20;

    private final StoredEvents events;

    ReplayScan(StoredEvents events) {
        this.events = events;
    }

    /**
     * The events that were decided.
     *
     * @param selected those to be sent, by ascending seq
     * @param erased number of those whose payloads were erased, which a filter cannot decide any more
     * @param lastSeq of the last event that was decided; all up to it are
     * @param isBarrier whether the only selected event must follow all earlier ones and precede all later ones
     */
    record Found(List<ScannedEvent> selected, long erased, long lastSeq, boolean isBarrier) {}

    /**
     * Decides the events after one.
     *
     * @param most number of events to select
     */
    Future<Found> after(long seq, ReplayCursor cursor, ReplaySettings settings, Subscription subscription, int most) {
        return events.after(seq, cursor, subscription.lane(), settings.wanted(), ROWS)
                .compose(rows -> {
                    List<ScannedEvent> candidates = rows.stream()
                            .filter(event -> mayBeSelected(event, settings, subscription))
                            .toList();
                    boolean needsBodies = settings.filter().isPresent()
                            || subscription.selection().filter().isPresent();
                    List<ScannedEvent> inMemory = needsBodies ? withinMemory(candidates, most) : List.of();
                    return events.bodies(inMemory)
                            .map(bodies ->
                                    decided(rows, candidates, inMemory, bodies, cursor, settings, subscription, most));
                });
    }

    private static boolean mayBeSelected(ScannedEvent event, ReplaySettings settings, Subscription subscription) {
        return event.isWithin(settings)
                && event.isWanted(settings.wanted())
                && settings.includes(event.type())
                && subscription.selection().includes(event.type());
    }

    private static List<ScannedEvent> withinMemory(List<ScannedEvent> candidates, int most) {
        List<ScannedEvent> taken = new ArrayList<>();
        long bytes = 0;
        for (ScannedEvent event : candidates) {
            bytes += event.bodyBytes().orElse(0);
            if (!taken.isEmpty() && (bytes > MOST_BYTES || taken.size() >= Math.max(most, 100))) {
                break;
            }
            taken.add(event);
        }
        return taken;
    }

    private static Found decided(
            List<ScannedEvent> rows,
            List<ScannedEvent> candidates,
            List<ScannedEvent> inMemory,
            Map<UUID, Buffer> bodies,
            ReplayCursor cursor,
            ReplaySettings settings,
            Subscription subscription,
            int most) {
        boolean isCut = !inMemory.isEmpty() && inMemory.size() < candidates.size();
        List<ScannedEvent> all = isCut ? inMemory : candidates;
        List<ScannedEvent> selected = new ArrayList<>();
        long erased = 0;
        for (ScannedEvent event : all) {
            if (event.isErased()) {
                erased++;
                continue;
            }
            if (!isDecidedByType(settings, subscription) && !matches(bodies.get(event.id()), settings, subscription)) {
                continue;
            }
            if (selected.size() == most) {
                return new Found(selected, erased, event.seq() - 1, false);
            }
            if (event.isBarrier() && subscription.flow().ordered()) {
                return selected.isEmpty()
                        ? new Found(List.of(event), erased, event.seq(), true)
                        : new Found(selected, erased, event.seq() - 1, false);
            }
            selected.add(event);
        }
        long last = isCut
                ? inMemory.getLast().seq()
                : rows.size() < ROWS ? cursor.until() : rows.getLast().seq();
        return new Found(selected, erased, last, false);
    }

    private static boolean isDecidedByType(ReplaySettings settings, Subscription subscription) {
        return settings.filter().isEmpty() && subscription.selection().filter().isEmpty();
    }

    private static boolean matches(@Nullable Buffer body, ReplaySettings settings, Subscription subscription) {
        if (body == null) {
            return false;
        }
        Value.Fields event;
        try {
            event = EventFields.ofBody(JsonValues.read(body.getBytes()));
        } catch (IllegalArgumentException e) {
            return false; // a filter cannot hold for an event that cannot be read
        }
        return holds(subscription.selection().filter().orElse(null), event)
                && holds(settings.filter().orElse(null), event);
    }

    private static boolean holds(@Nullable Filter filter, Value.Fields event) {
        return filter == null || filter.test(event) == Truth.TRUE;
    }
}
