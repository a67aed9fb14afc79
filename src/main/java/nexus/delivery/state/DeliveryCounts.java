package nexus.delivery.state;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The number of an event's deliveries in each status. */
public record DeliveryCounts(
        @JsonProperty("PENDING") int pending,
        @JsonProperty("SENT") int sent,
        @JsonProperty("FAILED") int failed,
        @JsonProperty("DEAD") int dead) {}
