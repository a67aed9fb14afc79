package nexus.publish;

import io.quarkus.runtime.annotations.RegisterForReflection;
import nexus.intake.Accepted;

/** The result of one published event. */
@RegisterForReflection
record EventAcceptedView(String eventId, String status, boolean deduplicated, int deliveries) {

    static EventAcceptedView of(Accepted accepted) {
        return new EventAcceptedView(
                accepted.eventId().toString(),
                accepted.deliveries() > 0 ? "PENDING" : "DELIVERED",
                accepted.deduplicated(),
                accepted.deliveries());
    }
}
