package nexus.delivery.state;

import java.util.List;
import java.util.Optional;

/**
 * @param next empty at the end. It may be present although the page is not full, even empty: then the search ended
 *     before the list did
 */
public record DeliveryPage(List<Delivery> deliveries, Optional<DeliveryPosition> next) {
    public DeliveryPage {
        deliveries = List.copyOf(deliveries);
    }
}
