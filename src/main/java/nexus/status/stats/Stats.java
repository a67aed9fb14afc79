package nexus.status.stats;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** All there ever was, Nexus's own events aside. */
@Schema(name = "Stats")
record Stats(
        @Schema(examples = "1200") long eventsTotal,
        @Schema(examples = "2400") long deliveriesTotal,
        @Schema(examples = "3") long deliveriesPending,
        @Schema(examples = "2390") long deliveriesSent,
        @Schema(examples = "2") long deliveriesFailed,
        @Schema(examples = "5") long deliveriesDead) {}
