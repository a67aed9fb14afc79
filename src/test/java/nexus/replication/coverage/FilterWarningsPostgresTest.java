package nexus.replication.coverage;

import static nexus.testkit.TestPostgres.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.event.Operation;
import nexus.filter.Filter;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.Publications;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceColumns;
import nexus.replication.table.SourceTable;
import nexus.replication.table.SourceTables;
import nexus.subscription.warning.Warning;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterWarningsPostgresTest {
    private static String url = "";

    @BeforeAll
    static void makeTables() {
        url = TestPostgres.freshStore();
        execute(
                url,
                "CREATE TYPE mood AS ENUM ('ok')",
                "CREATE DOMAIN money2 AS numeric(12,2)",
                "CREATE TYPE pair AS (a int, b text)",
                """
                CREATE TABLE "Orders" (id bigint PRIMARY KEY, status text, total money2, ok boolean, mood mood,
                    at timestamptz, tags text[], doc jsonb, pair pair, big numeric, uid uuid,
                    twice numeric GENERATED ALWAYS AS (big * 2) STORED)""",
                "CREATE TABLE whole (id int PRIMARY KEY, status text)",
                "ALTER TABLE whole REPLICA IDENTITY FULL",
                "CREATE TABLE parts (id int, status text, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
    }

    private static List<Warning> warnings(
            String name, Set<Operation> operations, Member member, GeneratedColumns generated, String filter) {
        try (Connection connection = TestPostgres.connect(url)) {
            SourceTable table = SourceTables.read(connection).stream()
                    .filter(one -> one.name().equals(name) && one.schema().equals("public"))
                    .findFirst()
                    .orElseThrow();
            Published published = new Published(
                    Set.of(Operation.values()),
                    false,
                    Set.of(),
                    false,
                    generated,
                    Map.of(table.oid(), member),
                    Set.of(table.oid()));
            return new FilterWarnings(
                            Filter.read(filter.replace('\'', '"'), "/filter").orElseThrow(),
                            Map.of(table, operations),
                            SourceColumns.read(connection, List.of(table)),
                            Map.of(PublicationPlan.Kind.CHANGES, published),
                            new Publications("nexus"))
                    .all();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Warning> inserted(String filter) {
        return warnings("Orders", Set.of(Operation.INSERT), Member.WHOLE, GeneratedColumns.STORED, filter);
    }

    @Test
    void aColumnThatNoTableHasIsNamed() throws SQLException {
        try (Connection connection = TestPostgres.connect(url)) {
            List<SourceTable> tables = SourceTables.read(connection).stream()
                    .filter(one -> Set.of("whole", "Orders").contains(one.name()))
                    .filter(one -> one.schema().equals("public"))
                    .sorted(Comparator.comparing(SourceTable::name).reversed())
                    .toList();
            ColumnWarnings two = new ColumnWarnings(tables, SourceColumns.read(connection, tables));
            List<Warning> warnings = two.ofTemplates(Set.of("id", "stat", "total"));
            assertThat(codes(warnings)).isEqualTo("template-unknown-column");
            assertThat(warnings.getFirst().detail()).contains("column stat");
            assertThat(warnings.getFirst().fix()).contains("id, status");

            Map<String, List<String>> chosen =
                    Map.of("exclude", List.of("id", "Status"), "mask", List.of("total", "mail"));
            assertThat(two.ofChoice(chosen)).extracting(Warning::code).containsOnly("columns-unknown-column");
            assertThat(two.ofChoice(chosen))
                    .extracting(warning -> warning.detail().split(",", 2)[0])
                    .containsExactlyInAnyOrder(
                            "/columns/exclude names column Status", "/columns/mask names column mail");
            ColumnWarnings one =
                    new ColumnWarnings(tables.subList(0, 1), SourceColumns.read(connection, tables.subList(0, 1)));
            assertThat(one.ofChoice(Map.of("include", List.of("id", "total"))))
                    .singleElement()
                    .satisfies(warning -> {
                        assertThat(warning.detail()).startsWith("/columns/include names column total");
                        assertThat(warning.fix()).contains("public.whole are id, status.");
                    });

            ColumnWarnings none = new ColumnWarnings(tables, Map.of());
            assertThat(none.ofTemplates(Set.of("stat"))).isEmpty();
            assertThat(none.ofChoice(chosen)).isEmpty();
        }
    }

    private static String codes(List<Warning> warnings) {
        return warnings.stream().map(Warning::code).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                    | {'id': 1, 'status': 'paid', 'total': {'$gte': 1.5}, 'ok': true, 'mood': 'ok'}",
                "``                    | {'at': {'$gte': '2026'}, 'tags': 'a', 'doc': {'x': {'y': 1}}, 'pair': {'a': 1}}",
                "``                    | {'total': null, 'status': {'$in': ['a', 1]}, 'big': {'$exist': true}, 'twice': 2}",
                "``                    | {'total': {'$gt': {'$ref': 'data.record.big'}}, 'uid': {'$startsWith': 'a'}}",
                "filter-unknown-column | {'stat': 'paid'}",
                "filter-unknown-column | {'Status': {'$neq': 'paid'}}",
                "filter-unknown-column | {'total': {'$gt': {'$ref': 'data.record.none'}}}",
                "filter-type-mismatch  | {'total': 'paid'}",
                "filter-type-mismatch  | {'id': {'$in': ['7', '8']}}",
                "filter-type-mismatch  | {'id': {'$startsWith': '7'}}",
                "filter-type-mismatch  | {'status': 1}",
                "filter-type-mismatch  | {'status': {'$neq': true}}",
                "filter-type-mismatch  | {'ok': 'true'}",
                "filter-type-mismatch  | {'at': {'$gt': 1700000000}}",
                "filter-type-mismatch  | {'mood': 1}",
                "filter-type-mismatch  | {'status': {'x': 1}}",
                "filter-unknown-column filter-type-mismatch | {'$or': [{'none': 1}, {'$not': {'status': 1}}]}",
            })
    void whatNeverMatchesIsSaid(String expected, String record) {
        assertThat(codes(inserted("{'data': {'record': " + record + "}}"))).isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void theConditionAndTheColumnsAreNamed() {
        Warning unknown = inserted("{'data': {'record': {'stat': 'paid'}}}").getFirst();
        assertThat(unknown.detail()).contains("/filter/data/record/stat", "public.Orders");
        assertThat(unknown.fix()).contains("id, status, total");
        Warning mismatch = inserted("{'data': {'record': {'total': '1'}}}").getFirst();
        assertThat(mismatch.detail()).contains("/filter/data/record/total", "a string", "money2", "a number");
        assertThat(mismatch.fix()).contains("without quotes");
    }

    @Test
    void oldValuesNeedTheWholeOldRow() {
        for (String filter : List.of(
                "{'data': {'old_record': {'status': 'paid'}}}",
                "{'data': {'record': {'status': {'$changed': true}}}}",
                "{'data': {'record': {'status': {'$neq': {'$ref': 'data.old_record.status'}}}}}")) {
            List<Warning> warnings =
                    warnings("Orders", Set.of(Operation.UPDATE), Member.WHOLE, GeneratedColumns.STORED, filter);
            assertThat(codes(warnings)).isEqualTo("filter-needs-old-values");
            assertThat(warnings.getFirst().fix()).isEqualTo("ALTER TABLE \"public\".\"Orders\" REPLICA IDENTITY FULL;");
            assertThat(inserted(filter)).isEmpty();
            assertThat(warnings("whole", Set.of(Operation.UPDATE), Member.WHOLE, GeneratedColumns.STORED, filter))
                    .isEmpty();
            assertThat(warnings("parts", Set.of(Operation.DELETE), Member.WHOLE, GeneratedColumns.STORED, filter)
                            .getFirst()
                            .fix())
                    .contains("ALTER TABLE \"public\".\"parts_1\" REPLICA IDENTITY FULL;");
        }
    }

    @Test
    void aColumnMustBePublished() {
        Member some = new Member(List.of("id", "status"), Optional.empty(), Set.of());
        List<Warning> warnings = warnings(
                "whole",
                Set.of(Operation.UPDATE),
                new Member(List.of("id"), Optional.empty(), Set.of()),
                GeneratedColumns.STORED,
                "{'data': {'record': {'status': {'$changed': true}}}}");
        assertThat(codes(warnings)).isEqualTo("filter-column-not-published");
        assertThat(warnings.getFirst().fix()).isEqualTo("""
                        ALTER PUBLICATION "nexus" DROP TABLE ONLY "public"."whole"; \
                        ALTER PUBLICATION "nexus" ADD TABLE ONLY "public"."whole" ("id", "status");""");
        assertThat(warnings(
                        "whole",
                        Set.of(Operation.UPDATE),
                        some,
                        GeneratedColumns.STORED,
                        "{'data': {'record': {'status': 'x'}}}"))
                .isEmpty();
        assertThat(warnings(
                                "Orders",
                                Set.of(Operation.INSERT),
                                Member.WHOLE,
                                GeneratedColumns.NONE,
                                "{'data': {'record': {'twice': 2}}}")
                        .getFirst()
                        .fix())
                .isEqualTo("ALTER PUBLICATION \"nexus\" SET (publish_generated_columns = stored);");
    }
}
