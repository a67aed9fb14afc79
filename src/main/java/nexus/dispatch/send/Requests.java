package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nexus.dispatch.outcome.Reply;
import nexus.event.EventId;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.subscription.Subscription;
import nexus.target.Permission;
import nexus.target.SendResult;

/** Makes requests for deliveries. */
public final class Requests {
    private final SubscriptionSender sender;
    private final BatchRequests batches;
    private final Permission permission;

    /** @param permission asked right before a request is written */
    public Requests(SubscriptionSender sender, Permission permission) {
        this.sender = sender;
        this.batches = new BatchRequests(sender, permission);
        this.permission = permission;
    }

    /** Sends one delivery, or the members of a batch. The future never fails. */
    public Future<Reply> make(List<Ready> members, Subscription subscription, Instant now) {
        return subscription.settings().content().batch().isPresent() || members.size() > 1
                ? batches.make(members, subscription, now)
                : make(members.getFirst(), subscription, now).map(Reply::of);
    }

    private Future<SendResult> make(Ready ready, Subscription subscription, Instant now) {
        OwedDelivery row = ready.delivery();
        OwedBody body = ready.body();
        Buffer bytes = body == null ? null : body.bytes();
        if (body == null || bytes == null) { // the lane gives such a delivery up before it is sent
            return Future.succeededFuture(new SendResult.Unreachable("there is nothing to send", Duration.ZERO));
        }
        return sender.send(
                subscription,
                new EventId(row.eventId()),
                body.type(),
                bytes,
                row.orderingKey(),
                row.job(),
                row.nextAttempt(),
                now,
                permission);
    }
}
