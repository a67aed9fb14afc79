package nexus.delivery.overview;

import java.util.Optional;
import nexus.delivery.state.Delivery;

/**
 * A delivery with the names that a person knows.
 *
 * @param eventType empty when the event is no longer kept
 * @param subscription its name, also of a deleted one
 */
public record LabelledDelivery(Delivery delivery, Optional<String> eventType, String subscription) {}
