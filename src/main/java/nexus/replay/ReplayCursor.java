package nexus.replay;

import io.vertx.core.json.JsonObject;
import java.time.LocalDate;

/**
 * How far a replay is. It first finds its first event, then counts its events unless they are counted, then sends them.
 *
 * @param isFound whether {@code seq} is known
 * @param firstDay no event that is stored earlier is read
 * @param seq of the last event that was decided
 * @param until seq of the last event that is read
 * @param countedSeq of the last event that was counted
 * @param counted number of events so far
 * @param isBlocked whether the next event has to wait for all earlier ones
 */
record ReplayCursor(
        boolean isFound, LocalDate firstDay, long seq, long until, long countedSeq, long counted, boolean isBlocked) {
    static ReplayCursor beginning(LocalDate firstDay, long until) {
        return new ReplayCursor(false, firstDay, 0, until, 0, 0, false);
    }

    static ReplayCursor of(JsonObject json) {
        return new ReplayCursor(
                json.getBoolean("found"),
                LocalDate.parse(json.getString("firstDay")),
                json.getLong("seq"),
                json.getLong("until"),
                json.getLong("countedSeq"),
                json.getLong("counted"),
                json.getBoolean("blocked"));
    }

    JsonObject stored() {
        return new JsonObject()
                .put("found", isFound)
                .put("firstDay", firstDay.toString())
                .put("seq", seq)
                .put("until", until)
                .put("countedSeq", countedSeq)
                .put("counted", counted)
                .put("blocked", isBlocked);
    }

    ReplayCursor found(long before) {
        return new ReplayCursor(true, firstDay, before, until, before, 0, false);
    }

    ReplayCursor counted(long atSeq, long events) {
        return new ReplayCursor(isFound, firstDay, seq, until, atSeq, counted + events, isBlocked);
    }

    ReplayCursor at(long decided, boolean blocked) {
        return new ReplayCursor(isFound, firstDay, decided, until, countedSeq, counted, blocked);
    }

    /** Whether all events are decided. */
    boolean isAtEnd() {
        return isFound && seq >= until;
    }
}
