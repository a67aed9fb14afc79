package nexus.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerFactsTest {
    @Test
    void anOldServerIsRefusedByItsVersion() {
        assertThat(facts(130_014, false, "logical").unfitAsStore())
                .contains("is PostgreSQL 13; Nexus needs 14 or newer");
        assertThat(facts(140_000, false, "logical").unfitAsStore()).isEmpty();
    }

    @Test
    void aStandbyIsRefused() {
        assertThat(facts(180_000, true, "logical").unfitAsStore()).contains("is a read-only standby: name the primary");
    }

    @Test
    void aSourceWithoutLogicalWalIsToldTheStatement() {
        assertThat(facts(150_000, false, "replica").unfitAsSource().orElse(""))
                .startsWith("has wal_level = replica;")
                .contains("ALTER SYSTEM SET wal_level = 'logical' and restart PostgreSQL");
    }

    @Test
    void theStoreNeedsNoLogicalWal() {
        assertThat(facts(150_000, false, "replica").unfitAsStore()).isEmpty();
    }

    private static ServerFacts facts(int version, boolean standby, String walLevel) {
        return new ServerFacts(version, standby, walLevel, "nexus", "shop", true, false, true);
    }
}
