package nexus.queue.backlog;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.notify.OwedListener;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.PackedRows;
import nexus.queue.settle.Settlement;

/** The collaborators of a {@link StoredBacklog}. */
@Singleton
public record BacklogTools(
        Vertx vertx,
        OwedQueue queue,
        PackedRows unpacker,
        Settlement settlement,
        DeliveryLease lease,
        OwedSignal signal,
        OwedListener listener,
        BacklogMeters meters,
        Clock clock) {}
