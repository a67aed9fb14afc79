package nexus.command.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import nexus.store.migration.SchemaTrust;
import org.junit.jupiter.api.Test;

class ServerFactsTest {
    private static final SchemaTrust TRUSTED = new SchemaTrust(Optional.empty(), Optional.empty());

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
    void aStoreInAnotherEncodingIsRefused() {
        for (String encoding : List.of("LATIN1", "SQL_ASCII", "EUC_JP")) {
            assertThat(facts(150_000, false, "logical", encoding, TRUSTED)
                            .unfitAsStore()
                            .orElse(""))
                    .startsWith("has the encoding " + encoding)
                    .contains("CREATE DATABASE nexus ENCODING 'UTF8'");
        }
    }

    @Test
    void aSchemaThatOthersMayChangeIsRefused() {
        assertThat(facts(150_000, false, "logical", "UTF8", new SchemaTrust(Optional.of("mallory"), Optional.empty()))
                        .unfitAsStore()
                        .orElse(""))
                .contains("mallory", "ALTER SCHEMA nexus OWNER TO nexus");
        assertThat(facts(150_000, false, "logical", "UTF8", new SchemaTrust(Optional.empty(), Optional.of("PUBLIC")))
                        .unfitAsStore()
                        .orElse(""))
                .endsWith("REVOKE CREATE ON SCHEMA nexus FROM PUBLIC");
    }

    @Test
    void theStoreNeedsNoLogicalWal() {
        assertThat(facts(150_000, false, "replica").unfitAsStore()).isEmpty();
    }

    private static ServerFacts facts(int version, boolean standby, String walLevel) {
        return facts(version, standby, walLevel, "UTF8", TRUSTED);
    }

    private static ServerFacts facts(
            int version, boolean standby, String walLevel, String encoding, SchemaTrust trust) {
        return new ServerFacts(
                version, standby, walLevel, "nexus", "shop", true, true, true, encoding, trust, Optional.empty());
    }
}
