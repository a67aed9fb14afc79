package nexus.doctor.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.doctor.check.Check;
import nexus.doctor.check.Fact;
import nexus.doctor.server.Platform;
import nexus.doctor.server.Servers;
import nexus.doctor.store.StoreFacts;
import nexus.pgoutput.Lsn;
import nexus.replication.slot.ReplicationSlot;
import org.junit.jupiter.api.Test;

class SlotChecksTest {
    private static final Lsn DONE = Lsn.parse("0/2000000");
    private static final Optional<StoreFacts.Position> STORED = Optional.of(new StoreFacts.Position("7", DONE));
    private static final String MADE_AGAIN =
            "SELECT pg_create_logical_replication_slot('nexus', 'pgoutput', false, false, true);";

    @Test
    void aSlotThatWasNeverMadeIsFineAndOneThatWasDroppedIsLost() {
        SlotFacts missing = Servers.slot(new ReplicationSlot.Missing());
        assertThat(checks(missing, new Fact.Known<>(Optional.empty())))
                .singleElement()
                .returns("ok", Check::status);
        assertThat(checks(missing, new Fact.Known<>(STORED)))
                .singleElement()
                .returns("fail", Check::status)
                .returns(MADE_AGAIN, Check::fix);
        assertThat(checks(missing, new Fact.Unknown<>("no answer")))
                .singleElement()
                .returns("warn", Check::status);
    }

    @Test
    void beforeVersion17ThereAreNoFailoverSlots() {
        assertThat(SlotChecks.create("nexus", Servers.of(160_010, Platform.OWN, true)))
                .isEqualTo("SELECT pg_create_logical_replication_slot('nexus', 'pgoutput');");
    }

    @Test
    void anInvalidatedSlotIsLostWithTheReason() {
        Check check = checks(Servers.slot(new ReplicationSlot.Invalidated("wal_removed")), new Fact.Known<>(STORED))
                .getFirst();
        assertThat(check.status()).isEqualTo("fail");
        assertThat(check.detail()).contains("wal_removed");
        assertThat(check.fix()).isEqualTo("SELECT pg_drop_replication_slot('nexus');\n" + MADE_AGAIN);
    }

    @Test
    void aSlotOfAnotherKindNeedsAnotherName() {
        assertThat(checks(Servers.slot(new ReplicationSlot.Foreign("physical slot")), new Fact.Known<>(STORED)))
                .singleElement()
                .returns("fail", Check::status)
                .returns("Set NEXUS_SLOT to a name of its own, such as NEXUS_SLOT=nexus_2", Check::fix);
    }

    @Test
    void anotherReaderIsFoundOut() {
        SlotFacts read = Servers.slot(new ReplicationSlot.InUse(7, DONE));
        assertThat(checks(read, new Fact.Known<>(STORED)))
                .extracting(Check::check, Check::status)
                .containsExactly(tuple("slot", "ok"), tuple("retained-wal", "ok"), tuple("position", "ok"));
        SlotFacts byAnother = new SlotFacts(
                read.slot(),
                Optional.of("pg_recvlogical"),
                "",
                read.walStatus(),
                read.safeBytes(),
                0,
                0,
                read.end(),
                0,
                1,
                1);
        assertThat(checks(byAnother, new Fact.Known<>(STORED)).getFirst())
                .returns("warn", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains("pid 7", "pg_recvlogical"));
    }

    @Test
    void aSlotInTheMakingSaysWhomItWaitsFor() {
        SlotFacts waiting = new SlotFacts(
                new ReplicationSlot.InCreation(9),
                Optional.empty(),
                "11, 12",
                Optional.empty(),
                OptionalLong.empty(),
                0,
                0,
                DONE,
                0,
                1,
                0);
        assertThat(checks(waiting, new Fact.Known<>(Optional.empty())).getFirst())
                .returns("warn", Check::status)
                .returns("SELECT pg_terminate_backend(11);\nSELECT pg_terminate_backend(12);", Check::fix);
    }

    @Test
    void walThatIsNearlyTooMuchIsToldInTime() {
        ReplicationSlot free = new ReplicationSlot.Free(DONE);
        assertThat(retained(Servers.slot(free, "reserved", OptionalLong.of(9 * Servers.GIGABYTE), Servers.GIGABYTE)))
                .isEqualTo("ok");
        assertThat(retained(Servers.slot(free, "extended", OptionalLong.of(Servers.GIGABYTE), 9 * Servers.GIGABYTE)))
                .isEqualTo("warn");
        assertThat(retained(Servers.slot(free, "unreserved", OptionalLong.of(-1), 11 * Servers.GIGABYTE)))
                .isEqualTo("fail");
    }

    @Test
    void aStoreBehindTheSlotOrOfAnotherClusterIsAGap() {
        SlotFacts ahead = Servers.slot(new ReplicationSlot.Free(Lsn.parse("0/3000000")));
        assertThat(checks(ahead, new Fact.Known<>(STORED)).getLast())
                .returns("position", Check::check)
                .returns("warn", Check::status);
        SlotFacts same = Servers.slot(new ReplicationSlot.Free(DONE));
        assertThat(checks(same, new Fact.Known<>(STORED)).getLast()).returns("ok", Check::status);
        assertThat(checks(same, new Fact.Known<>(Optional.of(new StoreFacts.Position("8", DONE))))
                        .getLast())
                .returns("warn", Check::status);
    }

    private static String retained(SlotFacts facts) {
        return checks(facts, new Fact.Known<>(STORED)).get(1).status();
    }

    private static List<Check> checks(SlotFacts facts, Fact<Optional<StoreFacts.Position>> position) {
        return SlotChecks.of("nexus", Servers.healthy(), Servers.settings(), facts, position);
    }
}
