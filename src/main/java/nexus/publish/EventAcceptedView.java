package nexus.publish;

import io.quarkus.runtime.annotations.RegisterForReflection;
import nexus.intake.Accepted;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of one published event. */
@RegisterForReflection
@Schema(name = "EventAccepted")
record EventAcceptedView(
        @Schema(format = "uuid") String eventId,

        @Schema(
                enumeration = {"PENDING", "DELIVERED"},
                description = "DELIVERED when nobody subscribed.")
        String status,

        @Schema(description = "It was there already, under the same key: this is the first answer again.")
        boolean deduplicated,

        @Schema(description = "To how many subscriptions it is owed.")
        int deliveries) {

    static EventAcceptedView of(Accepted accepted) {
        return new EventAcceptedView(
                accepted.eventId().toString(),
                accepted.deliveries() > 0 ? "PENDING" : "DELIVERED",
                accepted.deduplicated(),
                accepted.deliveries());
    }
}
