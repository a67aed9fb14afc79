package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import nexus.event.EventId;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.subscription.Subscription;
import nexus.target.Permission;
import nexus.target.SendResult;

/** Sends single deliveries. */
public final class Requests {
    private final SubscriptionSender sender;
    private final Permission permission;

    /** @param permission asked right before a request is written */
    public Requests(SubscriptionSender sender, Permission permission) {
        this.sender = sender;
        this.permission = permission;
    }

    /** Sends a delivery. The future never fails. */
    public Future<SendResult> make(Ready ready, Subscription subscription, Instant now) {
        OwedDelivery row = ready.delivery();
        OwedBody body = ready.body();
        Buffer bytes = body == null ? null : body.bytes();
        if (body == null || bytes == null) { // the lane gives such a delivery up before it is sent
            return Future.succeededFuture(new SendResult.Unreachable("there is nothing to send", Duration.ZERO));
        }
        return sender.send(
                subscription, new EventId(row.eventId()), body.type(), bytes, row.nextAttempt(), now, permission);
    }
}
