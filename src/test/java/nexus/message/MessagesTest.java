package nexus.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import nexus.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    @Test
    void aChangedRowShowsWhatChanged() {
        assertThat(row("update", """
                {"type":"UPDATE","schema":"public","table":"orders",
                 "record":{"id":42,"status":"paid","total":10.50,"note":"a\\nb"},
                 "old_record":{"id":42,"status":"open","total":10.50,"note":"a\\nb"},
                 "changed":["status"],"unavailable":[]}""").text()).isEqualTo("""
                Row changed in public.orders (id 42)
                status: open → paid
                pg.public.orders.update in shop at 2026-01-31T18:20:43.400Z""");
    }

    @Test
    void aChangedRowWhoseOldValuesAreNotKnownShowsAllThatIsThere() {
        assertThat(row("update", """
                {"type":"UPDATE","schema":"sales","table":"Orders","record":{"status":"paid","paid_at":null,"ok":true},
                 "old_record":null,"changed":null,"unavailable":["doc"]}""").text()).isEqualTo("""
                Row changed in sales.Orders
                status: paid
                paid_at: null
                ok: true
                pg.public.orders.update in shop at 2026-01-31T18:20:43.400Z""");
    }

    @Test
    void newAndDeletedRowsShowTheirColumns() {
        assertThat(row("insert", """
                {"type":"INSERT","schema":"public","table":"orders","record":{"id":"a-1","tags":["x",1],"e":""},
                 "old_record":null,"changed":null,"unavailable":[]}""").text())
                .startsWith("New row in public.orders (id a-1)\nid: a-1\ntags: [\"x\",1]\ne: (empty)\n");
        assertThat(row("delete", """
                {"type":"DELETE","schema":"public","table":"orders","record":null,"old_record":{"id":7},
                 "changed":null,"unavailable":[]}""").text()).startsWith("Row deleted from public.orders (id 7)\nid: 7\n");
        assertThat(row("truncate", """
                {"type":"TRUNCATE","schema":"public","table":"orders","record":null,"old_record":null,
                 "changed":null,"unavailable":[]}""").text()).startsWith("All rows deleted from public.orders\n");
    }

    @Test
    void aPublishedEventShowsItsDataAndItsMetadata() {
        assertThat(message("user.created", "{\"userId\":\"u_1\",\"n\":9007199254740993}", "{\"source\":\"auth\"}")
                        .text())
                .isEqualTo("""
                user.created
                userId: u_1
                n: 9007199254740993
                metadata.source: auth
                user.created at 2026-01-31T18:20:43.400Z""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nexus.subscription.failing   | {'name':'orders → billing','since':'10:00'} | Subscription orders → billing is failing since 10:00",
                "nexus.subscription.recovered | {'name':'orders → billing'}        | Subscription orders → billing has recovered",
                "nexus.subscription.disabled  | {'name':'a','reason':'gone'}       | Subscription a was disabled: gone",
                "nexus.delivery.dead          | {'name':'a','reason':'exhausted'}  | A delivery of Subscription a was given up: exhausted",
                "nexus.delivery.dead          | {'name':'a','count':3}             | 3 deliveries of Subscription a were given up",
                "nexus.source.lag             | {'level':'critical'}               | The source keeps WAL for Nexus: critical",
                "nexus.test                   | {}                                 | This is a test of Nexus",
                "nexus.something.new          | {}                                 | nexus.something.new",
            })
    void nexusOwnEventsAreSaidInWords(String type, String data, String title) {
        assertThat(message(type, data.replace('\'', '"'), "{}").title()).isEqualTo(title);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "7",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"UPDATE\",\"schema\":null,\"table\":\"t\",\"record\":[],\"old_record\":7,\"changed\":[1,null]}",
                "{\"type\":{},\"table\":\"t\",\"schema\":\"\\u202e\\ud800\"}",
                "{\"table\":\"t\",\"schema\":\"s\",\"type\":\"UPDATE\",\"record\":{},\"changed\":[\"gone\"]}",
            })
    void anythingElseHasAMessageToo(String data) {
        for (String type : new String[] {"pg.public.t.update", "a.b", "nexus.delivery.dead"}) {
            Message message = message(type, data, "7");
            assertThat(message.title()).isNotEmpty();
            assertThat(message.text()).doesNotContain("\u202e", "\ud800").endsWith("Z");
        }
    }

    @Test
    void everyPartIsBounded() {
        StringBuilder columns = new StringBuilder("{\"id\":1");
        for (int i = 0; i < 2_000; i++) {
            columns.append(",\"")
                    .append("c".repeat(200))
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(5_000))
                    .append('"');
        }
        Message message = row(
                "insert",
                "{\"type\":\"INSERT\",\"schema\":\"" + "s".repeat(999) + "\",\"table\":\"t\"," + "\"record\":" + columns
                        + "}}");
        assertThat(message.facts()).hasSize(40);
        assertThat(message.more()).isEqualTo(1_961);
        assertThat(message.text()).hasSizeLessThan(20_000).contains("… and 1961 more");
        for (int max : new int[] {640, 1_600, 5_000}) {
            assertThat(message.text(max)).hasSizeLessThanOrEqualTo(max).contains(" more\n");
        }
        assertThat(message.text(20)).hasSize(20);
    }

    private static Message row(String operation, String data) {
        return message("pg.public.orders." + operation, data, "{\"source\":\"default\",\"database\":\"shop\"}");
    }

    private static Message message(String type, String data, String metadata) {
        String body =
                "{\"id\":\"0199\",\"type\":\"" + type + "\",\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":"
                        + "{\"data\":" + data + ",\"metadata\":" + metadata + "}}";
        Value event = Messages.read(body.getBytes(StandardCharsets.UTF_8)).orElseThrow();
        assertThat(Messages.isEvent(event, "0199")).isTrue();
        assertThat(Messages.isEvent(event, "0198")).isFalse();
        return Messages.of((Value.Fields) event);
    }
}
