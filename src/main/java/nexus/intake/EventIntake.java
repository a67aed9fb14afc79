package nexus.intake;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.util.List;
import nexus.event.IncomingEvent;

/** The one door: what both ways in call. Match, store and enqueue commit together. */
@Singleton
public class EventIntake {

    /**
     * Takes published events: all of them or none.
     *
     * @return one answer per event, in order, once they are committed; or fails with a {@code Refusal} (a key reused,
     *     in use, or an event id taken)
     */
    public Future<List<Accepted>> publish(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
        return Future.failedFuture("not built yet");
    }

    /**
     * Takes what one connection read from the source, and moves its position in the same transaction. One call at a
     * time: the next one only when this one is done.
     *
     * @return done once it is committed; fails with {@link PositionLostException} when {@code from} is not what is
     *     stored
     */
    public Future<Void> capture(List<IncomingEvent> events, SourcePosition from, SourcePosition to) {
        return Future.failedFuture("not built yet");
    }
}
