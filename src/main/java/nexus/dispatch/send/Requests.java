package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import nexus.event.EventId;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.subscription.Subscription;
import nexus.subscription.target.WebhookSettings;
import nexus.target.SendResult;
import nexus.webhook.WebhookRequest;
import nexus.webhook.WebhookSender;
import org.jboss.logging.Logger;

/** Makes the request of one delivery. */
public final class Requests {
    private static final Logger LOG = Logger.getLogger(Requests.class);

    private final WebhookSender sender;
    private final BooleanSupplier permitted;

    /** @param permitted asked right before a request is written to its socket */
    public Requests(WebhookSender sender, BooleanSupplier permitted) {
        this.sender = sender;
        this.permitted = permitted;
    }

    /** The result of its request. Never fails. */
    public Future<SendResult> make(Ready ready, Subscription subscription, Instant now) {
        OwedDelivery row = ready.delivery();
        try {
            return sender.send(request(ready, subscription, now), permitted);
        } catch (RuntimeException | Error e) { // else the delivery would be under way for ever
            LOG.errorf(e, "request could not be made event=%s lane=%d", row.eventId(), row.lane());
            return Future.succeededFuture(new SendResult.Unreachable("the request could not be made", Duration.ZERO));
        }
    }

    private static WebhookRequest request(Ready ready, Subscription subscription, Instant now) {
        OwedBody body = ready.body();
        Buffer bytes = body == null ? null : body.bytes();
        if (body == null || bytes == null) {
            throw new IllegalArgumentException("nothing to send");
        }
        return switch (subscription.target()) {
            case WebhookSettings webhook ->
                new WebhookRequest(
                        webhook.url(),
                        new EventId(ready.delivery().eventId()),
                        body.type(),
                        ready.delivery().nextAttempt(),
                        bytes,
                        webhook.signingKeys(now),
                        webhook.headers(),
                        webhook.access());
        };
    }
}
