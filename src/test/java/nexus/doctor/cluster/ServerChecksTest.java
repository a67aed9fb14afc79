package nexus.doctor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import nexus.doctor.check.Check;
import nexus.doctor.server.Platform;
import nexus.doctor.server.Server;
import nexus.doctor.server.ServerSettings;
import nexus.doctor.server.Servers;
import nexus.doctor.slot.KeepSize;
import nexus.doctor.slot.SlotFacts;
import nexus.pgoutput.Lsn;
import nexus.replication.slot.ReplicationSlot;
import nexus.store.PostgresUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerChecksTest {
    private static final PostgresUrl URL = PostgresUrl.parse("postgresql://app:hush@db.example.com/shop");
    private static final SlotFacts SLOT = Servers.slot(new ReplicationSlot.Free(new Lsn(1)));

    @ParameterizedTest
    @CsvSource({
        "130022, fail, 'Upgrade it to PostgreSQL 14 or newer.'",
        "140018, warn, 'Update PostgreSQL to 14.19 or a newer 14.'",
        "150008, warn, 'Update PostgreSQL to 15.14 or a newer 15.'",
        "170005, warn, 'Update PostgreSQL to 17.6 or a newer 17.'",
        "150014, ok,",
        "170006, ok,",
        "180000, ok,",
        "190000, ok,"
    })
    void aVersionThatLosesChangesIsToldTheOneThatDoesNot(int version, String status, String fix) {
        Check check = ServerChecks.version("source-version", Servers.of(version, Platform.OWN, true));
        assertThat(check.status()).isEqualTo(status);
        assertThat(check.fix()).isEqualTo(fix);
    }

    @Test
    void aStandbyWithoutLogicalWalAndRightsIsToldEachThing() {
        Server server = Servers.withoutRights(Optional.empty(), 0);
        assertThat(ServerChecks.primary("source-primary", Optional.of("SOURCE_DATABASE_URL"), server)
                        .fix())
                .isEqualTo("Name the primary in SOURCE_DATABASE_URL.");
        assertThat(ServerChecks.walLevel(server, Optional.of(Servers.settings()))
                        .fix())
                .isEqualTo("ALTER SYSTEM SET wal_level = 'logical';\n-- then restart PostgreSQL");
        assertThat(ServerChecks.replicationRight(server, URL, Optional.empty()).fix())
                .isEqualTo("ALTER ROLE \"a\"\"pp\" REPLICATION;");
    }

    @Test
    void aManagedServiceIsToldItsOwnWay() {
        Server rds = Servers.of(160_010, Platform.RDS, false);
        assertThat(ServerChecks.replicationRight(rds, URL, Optional.empty()).fix())
                .isEqualTo("GRANT rds_replication TO \"app\";");
        assertThat(Platform.RDS.logicalWal())
                .isEqualTo("Set rds.logical_replication = 1 in the instance's parameter group.\n"
                        + "-- then restart the instance");
        assertThat(Platform.CLOUD_SQL.logicalWal()).contains("--database-flags=cloudsql.logical_decoding=on");
    }

    @Test
    void aReplicationConnectionThatIsRefusedIsNoRight() {
        Check check = ServerChecks.replicationRight(Servers.healthy(), URL, Optional.of("no pg_hba.conf entry"));
        assertThat(check.status()).isEqualTo("fail");
        assertThat(check.detail()).contains("no pg_hba.conf entry");
    }

    @Test
    void whatIsOursCountsAsOurs() {
        ServerSettings full = Servers.settings(Map.of("max_replication_slots", 1L, "max_wal_senders", 1L));
        SlotFacts ours = Servers.slot(new ReplicationSlot.InUse(7, new Lsn(1)));
        SlotFacts others = Servers.slot(new ReplicationSlot.Missing());

        assertThat(ServerChecks.room(Servers.healthy(), full, ours))
                .extracting(Check::status)
                .containsOnly("ok");
        assertThat(ServerChecks.room(Servers.healthy(), full, others))
                .extracting(Check::fix)
                .containsExactly(
                        "ALTER SYSTEM SET max_replication_slots = '10';\n-- then restart PostgreSQL",
                        "ALTER SYSTEM SET max_wal_senders = '10';\n-- then restart PostgreSQL");
    }

    @Test
    void unlimitedWalFailsWithASizeThatFitsTheWalWritten() {
        ServerSettings unlimited = Servers.settings(Map.of("max_slot_wal_keep_size", -1L));
        Check check = ServerChecks.limits(Servers.healthy(), unlimited, SLOT).getFirst();
        assertThat(check.status()).isEqualTo("fail");
        // 100 kB/s are 8.05 GB a day
        assertThat(check.fix()).isEqualTo("ALTER SYSTEM SET max_slot_wal_keep_size = '9GB';\nSELECT pg_reload_conf();");
        assertThat(check.detail()).contains("9GB is 27 h");

        SlotFacts behind = Servers.slot(
                new ReplicationSlot.Free(new Lsn(1)), "extended", OptionalLong.empty(), 30 * Servers.GIGABYTE);
        assertThat(KeepSize.proposed(unlimited, behind).text()).isEqualTo("60GB");
    }

    @ParameterizedTest
    @CsvSource({
        "wal_sender_timeout, 0, 60s",
        "wal_sender_timeout, 1000, 60s",
        "wal_sender_timeout, 3600000, 60s",
        "max_slot_wal_keep_size, 1000000, 9GB",
        "idle_replication_slot_timeout, 3600000, 0"
    })
    void aSettingThatCostsTheSlotIsAWarning(String setting, long value, String better) {
        List<Check> checks = ServerChecks.limits(Servers.healthy(), Servers.settings(Map.of(setting, value)), SLOT);
        assertThat(checks)
                .filteredOn(check -> !check.status().equals("ok"))
                .singleElement()
                .returns(setting, Check::check)
                .returns("warn", Check::status)
                .returns("ALTER SYSTEM SET " + setting + " = '" + better + "';\nSELECT pg_reload_conf();", Check::fix);
    }

    @Test
    void aSettingOfTheCommandLineIsChangedThere() {
        ServerSettings fixed = new ServerSettings(
                Map.of("max_slot_wal_keep_size", -1L), Set.of("max_slot_wal_keep_size", "wal_level"));
        assertThat(ServerChecks.limits(Servers.healthy(), fixed, SLOT)
                        .getFirst()
                        .fix())
                .startsWith("Start PostgreSQL with -c max_slot_wal_keep_size=9GB");
        assertThat(ServerChecks.walLevel(Servers.withoutRights(Optional.empty(), 0), Optional.of(fixed))
                        .fix())
                .startsWith("Start PostgreSQL with -c wal_level=logical");
    }

    @Test
    void aSettingThatTheVersionLacksIsNotShown() {
        ServerSettings fifteen = new ServerSettings(Map.of("max_slot_wal_keep_size", Servers.GIGABYTE), Set.of());
        assertThat(ServerChecks.limits(Servers.healthy(), fifteen, SLOT))
                .extracting(Check::check)
                .containsExactly("max_slot_wal_keep_size", "wal_sender_timeout");
    }
}
