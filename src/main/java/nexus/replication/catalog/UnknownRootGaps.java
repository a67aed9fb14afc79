package nexus.replication.catalog;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.capture.UnknownRoots;
import nexus.capture.catalog.CatalogTable;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.replication.position.GapNotice;
import nexus.replication.state.CaptureState.Gap;
import nexus.replication.stream.WalStream;

/**
 * Reports a gap when it is unknown whether a table was a partition, and of which table. The gap concerns the
 * subscriptions of all tables that it may have belonged to. It is reported before the events are stored. Used by the
 * reader's thread.
 */
public final class UnknownRootGaps implements UnknownRoots {
    private final GapNotice notice;
    private final String slot;
    private final Clock clock;
    private List<Gap> found = new ArrayList<>();

    public UnknownRootGaps(GapNotice notice, String slot, Clock clock) {
        this.notice = notice;
        this.slot = slot;
        this.clock = clock;
    }

    @Override
    public void found(Relation relation, Set<CatalogTable.Name> candidates, Lsn commitLsn) {
        String roots = candidates.stream()
                .map(CatalogTable.Name::toString)
                .sorted()
                .limit(5)
                .collect(Collectors.joining(" or "));
        found.add(new Gap(
                Optional.of(commitLsn.toString()),
                Optional.of(commitLsn.toString()),
                Optional.empty(),
                clock.instant(),
                "changes of " + relation.schema() + '.' + relation.table() + " (object "
                        + Integer.toUnsignedString(relation.oid()) + ") are sent under that name: it was gone or"
                        + " detached before it was seen, and may have been a partition of " + roots));
    }

    public void report(WalStream stream) throws SQLException {
        List<Gap> now = found;
        found = new ArrayList<>();
        for (Gap gap : now) {
            stream.await(notice.reportAndRecord(slot, gap));
        }
    }
}
