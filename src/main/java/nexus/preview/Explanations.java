package nexus.preview;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.event.WholeEvent;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryRepository;
import nexus.refusal.Refusal;
import nexus.subscription.Mode;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;

/** For a stored event and a page of subscriptions, which of them get it, and why. */
@Singleton
public class Explanations {
    private final Previewer previewer;
    private final StoredEventRepository events;
    private final SubscriptionRepository subscriptions;
    private final DeliveryRepository deliveries;
    private final Vertx vertx;

    Explanations(
            Previewer previewer,
            StoredEventRepository events,
            SubscriptionRepository subscriptions,
            DeliveryRepository deliveries,
            Vertx vertx) {
        this.previewer = previewer;
        this.events = events;
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
        this.vertx = vertx;
    }

    /**
     * An explanation, and the lane of its subscription.
     *
     * @param lane the sort key of the list
     */
    public record OfLane(int lane, Explanation explanation) {}

    /**
     * The newest subscriptions below a lane.
     *
     * @param only the only subscription that is asked about
     * @param limit of the page; one more shows that another page follows
     * @return fails with {@link Refusal.NotFound} when the event is not kept
     */
    public Future<List<OfLane>> of(UUID event, Optional<UUID> only, long below, int limit) {
        return events.whole(event)
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no event with this id.")))
                .compose(whole -> asked(only, below, limit).compose(page -> explained(whole, page)));
    }

    private Future<List<Subscription>> asked(Optional<UUID> only, long below, int limit) {
        return only.isPresent()
                ? subscriptions.find(only.get()).map(found -> found.stream().toList())
                : subscriptions.list(Optional.empty(), EnumSet.allOf(Mode.class), below, limit + 1);
    }

    private Future<List<OfLane>> explained(WholeEvent event, List<Subscription> page) {
        List<Integer> lanes = page.stream().map(Subscription::lane).toList();
        return deliveries.ofEvent(event.id(), lanes).compose(found -> {
            Map<UUID, Delivery> bySubscription =
                    found.stream().collect(Collectors.toMap(Delivery::subscriptionId, Function.identity()));
            return vertx.executeBlocking(
                    () -> page.stream()
                            .map(subscription -> new OfLane(
                                    subscription.lane(),
                                    Explanation.of(
                                            event,
                                            subscription,
                                            Optional.ofNullable(bySubscription.get(subscription.id())),
                                            previewer)))
                            .toList(),
                    false);
        });
    }
}
