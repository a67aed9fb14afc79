package nexus.replication.slot;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.pgoutput.Lsn;
import nexus.replication.source.SourceConfig.SlotLost;
import nexus.replication.state.CannotCapture;
import nexus.replication.state.CaptureState.Status;
import org.junit.jupiter.api.Test;

class SlotDecisionTest {
    private static final ReplicationSlot FREE = new ReplicationSlot.Free(new Lsn(1));
    private static final ReplicationSlot MISSING = new ReplicationSlot.Missing();
    private static final ReplicationSlot INVALIDATED = new ReplicationSlot.Invalidated("wal_removed");

    @Test
    void aSoundSlotIsRead() {
        assertThat(decide(FREE, true, false, SlotLost.RECREATE)).isEqualTo(new SlotDecision.Use());
    }

    @Test
    void theFirstSlotIsMade() {
        assertThat(decide(MISSING, false, false, SlotLost.STOP)).isEqualTo(new SlotDecision.Create());
    }

    @Test
    void aLostSlotWaitsForAPerson() {
        assertThat(waiting(decide(MISSING, true, false, SlotLost.STOP)))
                .returns(Status.LOST, CannotCapture::status)
                .satisfies(why -> assertThat(why.detail()).contains("POST /v1/source/reset"));
        assertThat(waiting(decide(INVALIDATED, true, false, SlotLost.STOP)).detail())
                .contains("wal_removed");
    }

    @Test
    void aLostSlotIsMadeAgainOnRequestOrByPolicy() {
        assertThat(decide(MISSING, true, true, SlotLost.STOP))
                .isInstanceOfSatisfying(SlotDecision.Replace.class, replace -> assertThat(replace.dropOld())
                        .isFalse());
        assertThat(decide(INVALIDATED, true, false, SlotLost.RECREATE))
                .isInstanceOfSatisfying(SlotDecision.Replace.class, replace -> {
                    assertThat(replace.dropOld()).isTrue();
                    assertThat(replace.because()).contains("wal_removed").contains("NEXUS_SLOT_LOST");
                });
    }

    @Test
    void aSlotThatIsStuckIsReplacedOnRequest() {
        assertThat(decide(FREE, true, true, SlotLost.STOP)).isInstanceOf(SlotDecision.Replace.class);
    }

    @Test
    void aSlotOfAnotherKindIsNeverTouched() {
        assertThat(waiting(decide(new ReplicationSlot.Foreign("physical slot"), true, true, SlotLost.RECREATE)))
                .returns(Status.BLOCKED, CannotCapture::status);
    }

    private static SlotDecision decide(ReplicationSlot slot, boolean wasUsed, boolean requested, SlotLost policy) {
        return SlotDecision.of(slot, "nexus", wasUsed, requested, policy);
    }

    private static CannotCapture waiting(SlotDecision decision) {
        return ((SlotDecision.Wait) decision).why();
    }
}
