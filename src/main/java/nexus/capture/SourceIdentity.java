package nexus.capture;

import java.util.function.ToIntFunction;
import nexus.pgoutput.Lsn;

/**
 * The database that the changes come from.
 *
 * @param name the source's name in Nexus, {@code default}
 * @param systemId the cluster's system identifier, in decimal
 * @param idKey the store's key for the ids of the events
 * @param timelineOf the timeline in which an LSN was written, from the cluster's timeline history
 */
public record SourceIdentity(
        String name, String systemId, String database, EventIdKey idKey, ToIntFunction<Lsn> timelineOf) {}
