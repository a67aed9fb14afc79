package nexus.subscription.warning;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.subscription.Subscription;

/** The source database, as far as subscriptions need it: are the tables captured? */
public interface TableCoverage {
    /**
     * Sees to it that every table which the subscription names is captured, and waits (a few seconds at most) for
     * transactions that wrote to one of them before.
     *
     * @return what will surprise; never fails because of the source: that is a warning too
     */
    Future<List<Warning>> cover(Subscription subscription);

    /** The last known events that these subscriptions select and do not receive; complete ones are missing. */
    Future<Map<UUID, List<Warning>>> losses(Collection<UUID> subscriptions);
}
