package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many of an event's deliveries are in which status. */
@Schema(name = "DeliveryCounts")
public record DeliveryCounts(
        @JsonProperty("PENDING") @Schema(examples = "0") int pending,

        @JsonProperty("SENT") @Schema(examples = "2") int sent,
        @JsonProperty("FAILED") @Schema(examples = "0") int failed,
        @JsonProperty("DEAD") @Schema(examples = "0") int dead) {}
