package nexus.inbox;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.event.EventType;
import nexus.inbox.SignatureCheck.Candidate;
import nexus.inbox.SignatureResult.Sender;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.matching.Subscriptions;
import nexus.subscription.target.WebhookSettings;

/** Which subscriptions send to an inbox. A subscription names the inbox by its path; any host may lead to this process. */
@Singleton
class InboxSenders {
    private static final int MAX_CANDIDATES = 8;

    private final SubscriptionCatalog catalog;
    private volatile Known known = new Known(-1, Map.of());

    private record Known(long version, Map<String, List<Subscription>> byInbox) {}

    @Inject
    InboxSenders(SubscriptionCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Those that may have sent a request.
     *
     * @param type its event type; those that select it come first
     */
    List<Candidate> candidates(InboxAddress address, Optional<String> type, Instant now) {
        Optional<EventType> eventType = type.flatMap(InboxSenders::parse);
        return of(address).stream()
                .sorted(Comparator.comparing((Subscription subscription) ->
                        eventType.map(subscription.selection()::includes).orElse(false) ? 0 : 1))
                .limit(MAX_CANDIDATES)
                .map(subscription -> candidate(subscription, now))
                .toList();
    }

    /** In the order of their lanes. */
    List<Subscription> of(InboxAddress address) {
        Subscriptions current = catalog.current();
        Known index = known;
        if (index.version() != current.version()) {
            index = new Known(current.version(), byInbox(current));
            known = index;
        }
        return index.byInbox().getOrDefault(address.name(), List.of());
    }

    private static Map<String, List<Subscription>> byInbox(Subscriptions current) {
        Map<String, List<Subscription>> byInbox = new HashMap<>();
        for (Subscription subscription : current.all()) {
            if (subscription.target() instanceof WebhookSettings webhook) {
                InboxAddress.ofPath(webhook.url().getRawPath())
                        .ifPresent(address -> byInbox.computeIfAbsent(address.name(), name -> new ArrayList<>())
                                .add(subscription));
            }
        }
        return byInbox;
    }

    private static Candidate candidate(Subscription subscription, Instant now) {
        WebhookSettings webhook = (WebhookSettings) subscription.target();
        return new Candidate(
                new Sender(subscription.id(), subscription.name()),
                webhook.secrets().keys(now));
    }

    private static Optional<EventType> parse(String type) {
        try {
            return Optional.of(new EventType(type));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
