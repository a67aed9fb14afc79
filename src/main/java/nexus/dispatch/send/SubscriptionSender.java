package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.BatchParcel;
import nexus.shape.Parcel;
import nexus.shape.Shaped;
import nexus.shape.Shaper;
import nexus.shape.Unshapable;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Senders;
import nexus.target.SendingLoop;
import nexus.target.Target;
import nexus.target.TargetType;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Sends one event to the target of one subscription. Deliveries and tests of a subscription both go this way. */
@Singleton
public final class SubscriptionSender {
    private static final Logger LOG = Logger.getLogger(SubscriptionSender.class);

    private final Senders senders;
    private final SendingLoop loop;
    private final Shaper shaper;

    /** @param catalog knows the store's key for masked columns */
    public SubscriptionSender(Senders senders, SendingLoop loop, SubscriptionCatalog catalog) {
        this.senders = senders;
        this.loop = loop;
        this.shaper = new Shaper(catalog::maskKey);
    }

    /**
     * Shapes one event and makes one request. When the event cannot be shaped, no request is made.
     *
     * @param stored the event's body as Nexus stores it
     * @param attempt its number among the attempts of the delivery, from 1
     * @return never fails
     */
    public Future<SendResult> send(
            Subscription subscription,
            EventId id,
            EventType type,
            Buffer stored,
            int attempt,
            Instant now,
            Permission permission) {
        return send(subscription, id, type, stored, null, null, attempt, now, permission);
    }

    /**
     * See the method above.
     *
     * @param orderingKey hash of the key by which the delivery is ordered; null when it has no order
     * @param job the replay or backfill that the delivery belongs to
     */
    Future<SendResult> send(
            Subscription subscription,
            EventId id,
            EventType type,
            Buffer stored,
            @Nullable Long orderingKey,
            @Nullable UUID job,
            int attempt,
            Instant now,
            Permission permission) {
        try {
            return switch (shape(subscription, id, type, stored)) {
                case Parcel parcel -> {
                    Target target = subscription.target().at(now);
                    Parcel content = alone(subscription.settings(), ordered(parcel, target, orderingKey));
                    yield senders.send(
                            target, job == null ? content : content.replayedBy(job.toString()), attempt, permission);
                }
                case Unshapable unshapable ->
                    later(new SendResult.Unsendable(unshapable.reason().text(), unshapable.message(), Duration.ZERO));
            };
        } catch (RuntimeException | Error e) { // otherwise the delivery would be in flight for ever
            LOG.errorf(e, "request could not be made event=%s lane=%d", id, subscription.lane());
            return later(notMade());
        }
    }

    /** The content of one event of a subscription. */
    Shaped shape(Subscription subscription, EventId id, EventType type, Buffer stored) {
        return shaper.shape(subscription.settings().content().form(), id, type, stored);
    }

    /** The content as it is sent when no other event goes with it. */
    private static Parcel alone(SubscriptionSettings settings, Parcel content) {
        return settings.content().batch().isPresent() ? BatchParcel.of(List.of(content)) : content;
    }

    /**
     * Makes one request with the contents of several events.
     *
     * @return never fails
     */
    Future<SendResult> send(Subscription subscription, Parcel batch, int attempt, Instant now, Permission permission) {
        try {
            return senders.send(subscription.target().at(now), batch, attempt, permission);
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "request could not be made batch=%s lane=%d", batch.idText(), subscription.lane());
            return later(notMade());
        }
    }

    /** The result when a request could not even begin. */
    static SendResult notMade() {
        return new SendResult.Unreachable("the request could not be made", Duration.ZERO);
    }

    /** Only Kafka has an order of its own. */
    private static Parcel ordered(Parcel parcel, Target target, @Nullable Long orderingKey) {
        return orderingKey != null && target.type() == TargetType.KAFKA ? parcel.orderedBy(orderingKey) : parcel;
    }

    /** Completes in another turn of the loop, because the caller may be iterating over its deliveries. */
    <T> Future<T> later(T result) {
        Promise<T> promise = Promise.promise();
        loop.context().runOnContext(ignored -> promise.complete(result));
        return promise.future();
    }

    /**
     * The request that {@link #send} would make now, without credentials. Sends nothing.
     *
     * @param settings of a subscription, stored or not
     * @param stored the event's body as Nexus stores it
     * @param attempt its number among the attempts of the delivery, from 1
     */
    public Description describe(
            SubscriptionSettings settings, EventId id, EventType type, Buffer stored, int attempt, Instant now) {
        return switch (shaper.shape(settings.content().form(), id, type, stored)) {
            case Parcel parcel ->
                described(settings.target().withoutCredentialsAt(now), alone(settings, parcel), attempt);
            case Unshapable unshapable ->
                new Description.None(unshapable.reason().text(), unshapable.message());
        };
    }

    private Description described(Target target, Parcel parcel, int attempt) {
        try {
            return new Description.Request(senders.describe(target, parcel, attempt));
        } catch (IllegalArgumentException e) {
            return new Description.None("unsendable", String.valueOf(e.getMessage()));
        }
    }

    /** See {@link Senders#cutOff}. */
    public void cutOff() {
        senders.cutOff();
    }
}
