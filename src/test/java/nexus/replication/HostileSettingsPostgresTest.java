package nexus.replication;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nexus.store.PostgresUrl;
import nexus.testkit.HostileSettings;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** What is delivered of a row is the same under whatever settings of its database. */
class HostileSettingsPostgresTest {
    private static final List<String> TYPES = List.of(
            "CREATE TYPE mood AS ENUM ('Sad', 'so so')",
            "CREATE TYPE place AS (since timestamptz, \"Name\" text, share float8, raw bytea)",
            "CREATE DOMAIN moment AS timestamptz",
            "CREATE TABLE \"Odd\" (id int)");

    /** A value of each type whose text depends on a setting, alone and within other values. */
    private static final String TABLE = """
            CREATE TABLE rows (
                id int PRIMARY KEY, at timestamptz, local timestamp, day date, clock time, zoned timetz, span interval,
                raw bytea, single float4, twice float8, exact numeric, cash money, tab regclass, typ regtype,
                fun regprocedure, op regoperator, role regrole, json json, jsonb jsonb, word text, letter char(5),
                mood mood, place place, moment moment, range tstzrange, many timestamptz[], floats float8[],
                raws bytea[], places place[], cashes money[], tables regclass[], point point, box box, words tsvector,
                bits bit varying, address inet, id_of uuid, nothing text)""";

    private static final String ROW = """
            INSERT INTO rows VALUES (
                1, '2026-02-03 04:05:06.789+00', '2026-02-03 04:05:06.789', '2026-02-03', '04:05:06', '04:05:06+02',
                '1 year 2 mons -3 days 04:05:06.7', '\\x00ff5c27', 1.1, 0.1::float8 + 0.2::float8, 1.50, 1234.5::numeric,
                '"Odd"', 'timestamptz', 'pg_catalog.abs(integer)', 'pg_catalog.+(integer,integer)',
                'postgres', '{"a":1.10}', '{"a":1.10}', E'na\\u00efve \\u2603 \\\\ ''quoted''', 'ab', 'so so',
                ROW('2026-02-03 04:05:06+00', 'a "b", \\', 0.1::float8 + 0.2::float8, '\\xff'),
                '0044-03-15 12:00+00 BC', '[2026-02-03 04:05:06+00,infinity)',
                '{2026-02-03 04:05:06+00,NULL,infinity}', ARRAY[0.1::float8 + 0.2::float8, 'NaN'],
                ARRAY['\\xff'::bytea], ARRAY[ROW('2026-02-03 04:05:06+00', NULL, 1, NULL)::place],
                ARRAY[1234.5::numeric::money], ARRAY['"Odd"'::regclass], '(0.30000000000000004,1)',
                '((0,0),(0.1,0.30000000000000004))', 'a:1 b:2', B'101', '::1/64',
                '0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11', NULL)""";

    private final String elsewhere = TestPostgres.freshDatabase();

    @Test
    void rowsOfEveryTypeAreDeliveredAsUnderTheDefaults() {
        List<String> usual = delivered(false);
        assertThat(usual)
                .hasSize(1)
                .first()
                .asString()
                .contains("0.30000000000000004", "04:05:06.789")
                .endsWith("|-");
        assertThat(delivered(true)).isEqualTo(usual);
    }

    /** Written under the defaults, read under what is set then. */
    private List<String> delivered(boolean isHostile) {
        String store = TestPostgres.freshStore();
        String source = TestPostgres.freshDatabase();
        String alter = "ALTER DATABASE " + PostgresUrl.parse(source).database();
        execute(source, TYPES.toArray(String[]::new));
        execute(source, TABLE);
        try (CapturingProcess process = capturing(store, source).streaming()) {
            assertThat(process.url).isEqualTo(store);
        }
        execute(source, ROW);
        if (isHostile) {
            HostileSettings.set(elsewhere, alter);
        }
        try (CapturingProcess process = capturing(store, source).started()) {
            process.hasStored(1);
        } finally {
            execute(elsewhere, alter + " RESET ALL");
        }
        CapturingProcess.dropSlot(source);
        return query(
                store,
                "SELECT convert_from(body, 'UTF8')::json #>> '{payload,data}',"
                        + " coalesce(convert_from(body, 'UTF8')::json #>> '{payload,metadata,undecoded}', '-')"
                        + " FROM nexus.event WHERE type LIKE 'pg.%' ORDER BY seq");
    }

    private static CapturingProcess capturing(String store, String source) {
        return new CapturingProcess(store, source, 2000, "pg.public.rows.*");
    }
}
