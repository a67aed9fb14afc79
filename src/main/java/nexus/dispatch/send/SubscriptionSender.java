package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Shape;
import nexus.subscription.Subscription;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Senders;
import org.jboss.logging.Logger;

/** Sends one event to the target of one subscription. Deliveries and tests of a subscription both go this way. */
@Singleton
public final class SubscriptionSender {
    private static final Logger LOG = Logger.getLogger(SubscriptionSender.class);

    private final Senders senders;

    public SubscriptionSender(Senders senders) {
        this.senders = senders;
    }

    /**
     * Makes one request.
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
        try {
            return senders.send(
                    subscription.target().at(now),
                    Shape.of(subscription.settings().content().format(), id, type, stored),
                    attempt,
                    permission);
        } catch (RuntimeException | Error e) { // otherwise the delivery would be in flight for ever
            LOG.errorf(e, "request could not be made event=%s lane=%d", id, subscription.lane());
            return Future.succeededFuture(new SendResult.Unreachable("the request could not be made", Duration.ZERO));
        }
    }

    /** See {@link Senders#cutOff}. */
    public void cutOff() {
        senders.cutOff();
    }
}
