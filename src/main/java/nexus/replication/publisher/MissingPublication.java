package nexus.replication.publisher;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import nexus.replication.position.GapNotice;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.position.SourcePositionRepository.Stored;
import nexus.replication.slot.SlotSample;
import nexus.replication.source.SourceConfig;
import nexus.replication.state.CaptureState.Gap;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;

/**
 * Records a gap when a dropped publication is created again, because changes in between may be missing: PostgreSQL 18
 * reads past them and only logs it, and with earlier versions the slot cannot continue at all.
 */
@Singleton
public class MissingPublication {
    private final SourceConfig config;
    private final SourcePositionRepository positions;
    private final GapNotice gapNotice;
    private final Clock clock;

    @Inject
    public MissingPublication(
            SourceConfig config, SourcePositionRepository positions, GapNotice gapNotice, Clock clock) {
        this.config = config;
        this.positions = positions;
        this.gapNotice = gapNotice;
        this.clock = clock;
    }

    /**
     * Must be called before a missing publication is created.
     *
     * @throws StoreUnavailableException if the gap cannot be recorded
     */
    void recordGap(Connection connection, String publication) throws SQLException {
        Optional<SlotSample> slot = SlotSample.read(connection, config.slot(), clock.instant());
        Optional<Stored> stored = StoreReply.await(positions.find(config.slot()));
        if (slot.isEmpty() || stored.isEmpty()) {
            return; // nothing was ever captured, so this is the first publication
        }
        Gap gap = new Gap(
                slot.get().confirmed().map(Object::toString),
                Optional.of(slot.get().end().toString()),
                stored.map(Stored::updatedAt),
                clock.instant(),
                "the publication " + publication + " was missing and is created again");
        StoreReply.await(gapNotice.reportAndRecord(config.slot(), gap));
    }
}
