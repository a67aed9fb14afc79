package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How many of an event's deliveries are in which status. */
public record DeliveryCounts(
        @JsonProperty("PENDING") int pending,
        @JsonProperty("SENT") int sent,
        @JsonProperty("FAILED") int failed,
        @JsonProperty("DEAD") int dead) {}
