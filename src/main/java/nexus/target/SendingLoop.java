package nexus.target;

import io.vertx.core.Context;

/** The event loop on which senders work and results arrive. It belongs to the room that sends deliveries. */
public interface SendingLoop {
    Context context();
}
